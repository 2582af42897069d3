import type { InstanceReport } from '@atelier/api';

/** What an endpoint says of an instance whose first version is 60 % there, from all sources. */
export const halfway: Partial<InstanceReport> = {
  state: 'transferring',
  screen: false,
  version: null,
  localVersions: [],
  transfer: {
    version: 1,
    state: 'running',
    bytesTotal: 4_000_000_000,
    bytesDone: 2_400_000_000,
    bySource: {
      zero: 400_000_000,
      previous: 1_500_000_000,
      interrupted: 0,
      host: 300_000_000,
      media: 0,
      peer: 0,
      network: 200_000_000,
    },
    wireBytes: 90_000_000,
    bytesPerSecond: 45_000_000,
    secondsLeft: 36,
    waiting: null,
    error: null,
  },
};
