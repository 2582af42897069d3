import type { LocalTransfers, Transfer } from '@atelier/api';
import { formatBytes, formatSeconds, formatTime } from '../output/format-value.ts';
import { bar } from '../terminal/progress-line.ts';

const sources = [
  ['previous', 'kept versions'],
  ['interrupted', 'interrupted transfer'],
  ['host', 'host files'],
  ['media', 'removable media'],
  ['peer', 'peers'],
  ['network', 'network'],
] as const;

const reasons = {
  person: 'paused by you (atelier transfers resume)',
  schedule: 'outside the hours of the policy',
  battery: 'on battery power',
  metered: 'on a metered link',
} as const;

/** Where a transfer's bytes came from, without the sources that gave none. */
export function bySource(transfer: Pick<Transfer, 'bySource' | 'wireBytes'>): string {
  const parts = sources
    .filter(([key]) => transfer.bySource[key] > 0)
    .map(([key, title]) => `${title} ${formatBytes(transfer.bySource[key])}`);
  return [...parts, `on the wire ${formatBytes(transfer.wireBytes)}`].join(', ');
}

/** Why something waits, and until when where that is known. */
export function waitingReason({ because, until }: NonNullable<Transfer['waiting']>): string {
  return `waits: ${reasons[because]}${until === null ? '' : `, until ${formatTime(until)}`}`;
}

/** A running transfer in one line. */
export function transferLine(transfer: Transfer): string {
  const part = transfer.bytesTotal > 0 ? transfer.bytesDone / transfer.bytesTotal : null;
  const left = transfer.secondsLeft === null ? '' : `, ${formatSeconds(transfer.secondsLeft)} left`;
  const speed = transfer.waiting ? waitingReason(transfer.waiting) : `${formatBytes(transfer.bytesPerSecond)}/s${left}`;
  return `  version ${transfer.version}  ${bar(part)}  ${speed}  (${bySource(transfer)})`;
}

/** A transfer in a cell of a table. */
export function transferCell(transfer: Transfer | null): string {
  if (transfer === null || transfer.state === 'done') return '';
  const percent = transfer.bytesTotal > 0 ? `${Math.floor((transfer.bytesDone / transfer.bytesTotal) * 100)} %` : '';
  const left = transfer.secondsLeft === null ? '' : `${formatSeconds(transfer.secondsLeft)} left`;
  const state = transfer.waiting
    ? waitingReason(transfer.waiting)
    : transfer.state === 'running'
      ? left
      : transfer.state;
  return [`v${transfer.version}`, percent, state].filter((one) => one !== '').join(', ');
}

/** How transfers stand on this computer, in one sentence; empty when there is nothing to say. */
export function transfersLine({ hold, background, sharing }: LocalTransfers): string {
  const parts: string[] = [];
  if (hold === 'anyway') parts.push('transfers run now, whatever the schedule says');
  else if (background.state === 'wait' && background.because)
    parts.push(
      `transfers in the background: ${waitingReason({ because: background.because, until: background.until })}`,
    );
  else if (hold === 'paused') parts.push('transfers that were asked for before are paused (atelier transfers resume)');
  else if (background.bandwidthKiBps > 0)
    parts.push(`transfers in the background: at most ${formatBytes(background.bandwidthKiBps * 1024)}/s`);
  if (sharing.serve !== 'off')
    parts.push(
      `for others of the site: ${formatBytes(sharing.cachedBytes)} kept, ${formatBytes(sharing.servedBytes)} given`,
    );
  return parts.join('; ');
}
