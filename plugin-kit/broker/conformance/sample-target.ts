import type { Target } from '@atelier/domain/broker';

/** A session host of the collection `office` that runs, but for what is said. */
export const sampleTarget = (name: string, said: Partial<Target> = {}): Target => ({
  id: `id-${name}`,
  name,
  kind: 'session-host',
  collection: 'office',
  provider: 'atelier',
  environment: '',
  fqdn: `${name}.lab`,
  netbios: null,
  endpoints: [{ address: '192.0.2.1', port: 3389 }],
  state: 'running',
  drain: false,
  weight: 100,
  maxSessions: null,
  singleSession: false,
  numSessions: 0,
  numPendingConnections: 0,
  owner: null,
  properties: {},
  version: 1,
  ...said,
});
