import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { LinuxHost } from '../linux-host.ts';
import type { LogEntry } from './log-entry.ts';

/** An entry of the journal in Windows' terms. */
export interface JournalEntry extends LogEntry {
  readonly cursor: string;
  readonly channel: 'System' | 'Application' | 'Security';
  readonly unit: string | null;
}

type Fields = Readonly<Record<string, unknown>>;

/** Text of a field; binary ones come as arrays of bytes, repeated ones as arrays of texts. */
function text(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return null;
  return value.every((one) => typeof one === 'number') ? Buffer.from(value as number[]).toString() : text(value[0]);
}

const number = (value: unknown): number | null => {
  const found = text(value);
  return found !== null && /^\d{1,16}$/.test(found) ? Number(found) : null;
};

const authentication = new Set([4, 10, 13]);

function channelOf(fields: Fields): JournalEntry['channel'] {
  const facility = number(fields.SYSLOG_FACILITY);
  if (text(fields._TRANSPORT) === 'audit' || (facility !== null && authentication.has(facility))) return 'Security';
  const unit = text(fields._SYSTEMD_UNIT);
  const system =
    text(fields._TRANSPORT) === 'kernel' ||
    number(fields._PID) === 1 ||
    unit?.startsWith('systemd-') ||
    facility === 0 ||
    facility === 3;
  return system ? 'System' : 'Application';
}

/** Reads one line of `journalctl -o json`; null for one that is none. */
export function parseEntry(line: string): JournalEntry | null {
  let fields: Fields;
  try {
    fields = JSON.parse(line) as Fields;
  } catch {
    return null;
  }
  const cursor = text(fields.__CURSOR);
  const micros = number(fields.__REALTIME_TIMESTAMP);
  if (!cursor || micros === null) return null;
  const sequence = /(?:^|;)i=([0-9a-f]+)/.exec(cursor)?.[1];
  const messageId = text(fields.MESSAGE_ID);
  return {
    cursor,
    record: Number(BigInt(`0x${sequence ?? '0'}`) & 0xffff_ffffn),
    at: new Date(micros / 1000),
    channel: channelOf(fields),
    priority: Math.min(7, number(fields.PRIORITY) ?? 6),
    source: text(fields.SYSLOG_IDENTIFIER) ?? text(fields._COMM) ?? text(fields._TRANSPORT) ?? 'journal',
    eventId: messageId && /^[0-9a-f]{4}/.test(messageId) ? Number.parseInt(messageId.slice(0, 4), 16) : 0,
    message: text(fields.MESSAGE) ?? '',
    unit: text(fields._SYSTEMD_UNIT),
    pid: number(fields._PID),
    uid: number(fields._UID),
    computer: text(fields._HOSTNAME),
  };
}

/** What of the journal is wanted. */
export interface JournalRequest {
  /** Go on behind this entry; it must exist. */
  readonly after?: string;
  /** Newest first. */
  readonly reverse?: boolean;
  /** Wait for new entries, without those that are there unless `after` or `fromStart` is given. */
  readonly follow?: boolean;
  readonly fromStart?: boolean;
}

/** Characters of one line, at most: journalctl leaves larger fields out of its own accord. */
const lineLimit = 4 * 1024 * 1024;

async function* linesOf(stream: Readable): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of stream) {
    const pieces = (rest + decoder.write(chunk as Buffer)).split('\n');
    rest = pieces.pop()!;
    if (rest.length > lineLimit) rest = '';
    yield* pieces;
  }
  if (rest !== '') yield rest;
}

/** Entries as journalctl gives them; it is ended when the iteration ends. A machine without a journal has none. */
export async function* readJournal(
  host: LinuxHost,
  request: JournalRequest,
  signal: AbortSignal,
): AsyncGenerator<JournalEntry> {
  const args = ['--output=json', '--no-pager', '--quiet', ...host.journal];
  if (request.after !== undefined) args.push(`--after-cursor=${request.after}`);
  if (request.reverse) args.push('--reverse');
  if (request.follow)
    args.push('--follow', request.after === undefined && !request.fromStart ? '--lines=0' : '--no-tail');
  const child = spawn(host.programs.journalctl, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
  });
  const stop = (): void => {
    child.kill('SIGKILL');
  };
  let absent = false;
  child.once('error', () => {
    absent = true;
    child.stdout.destroy();
  });
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const line of linesOf(child.stdout)) {
      if (signal.aborted) return;
      const entry = parseEntry(line);
      if (entry) yield entry;
    }
  } catch (error) {
    if (!absent && !signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}
