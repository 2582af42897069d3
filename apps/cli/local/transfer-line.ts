import type { Transfer } from '@atelier/api';
import { formatBytes, formatSeconds } from '../output/format-value.ts';
import { bar } from '../terminal/progress-line.ts';

const sources = [
  ['previous', 'previous version'],
  ['interrupted', 'interrupted transfer'],
  ['host', 'host files'],
  ['network', 'network'],
] as const;

/** Where a transfer's bytes came from, without the sources that gave none. */
export function bySource(transfer: Pick<Transfer, 'bySource' | 'wireBytes'>): string {
  const parts = sources
    .filter(([key]) => transfer.bySource[key] > 0)
    .map(([key, title]) => `${title} ${formatBytes(transfer.bySource[key])}`);
  return [...parts, `on the wire ${formatBytes(transfer.wireBytes)}`].join(', ');
}

/** A running transfer in one line. */
export function transferLine(transfer: Transfer): string {
  const part = transfer.bytesTotal > 0 ? transfer.bytesDone / transfer.bytesTotal : null;
  const left = transfer.secondsLeft === null ? '' : `, ${formatSeconds(transfer.secondsLeft)} left`;
  const speed = `${formatBytes(transfer.bytesPerSecond)}/s${left}`;
  return `  version ${transfer.version}  ${bar(part)}  ${speed}  (${bySource(transfer)})`;
}
