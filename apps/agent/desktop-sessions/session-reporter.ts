import { watch } from 'node:fs';
import type { MachineSession } from './machine-sessions.ts';
import type { HostReport, HostReportAnswer } from './report-link.ts';
import { forget, makePrivateFolder, readSpool } from './report-spool.ts';
import { SessionBook } from './session-book.ts';

/** What telling a server of sessions needs. */
export interface ReporterOptions {
  /** Where the hook leaves its notes. */
  readonly folder: string;
  readonly send: (report: HostReport, signal: AbortSignal) => Promise<HostReportAnswer>;
  /** What there is now. */
  readonly sessions: () => Promise<readonly MachineSession[]>;
  readonly answered: (answer: HostReportAnswer) => Promise<void>;
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
  /** How often the whole list goes to the server, how often it is looked whether it changed; milliseconds. */
  readonly wholeEveryMs?: number;
  readonly lookEveryMs?: number;
}

const mostNotes = 200;
const firstPauseMs = 500;
const longestPauseMs = 30_000;
const soonMs = 3000;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/**
 * Tells the server of sessions that begin and end, at once; and of all that there are, at the start, after an outage, and from time to time. A note is
 * kept until the server has it. Gives the function that ends it.
 */
export async function startSessionReporter(options: ReporterOptions): Promise<() => Promise<void>> {
  const { folder, log, wholeEveryMs = 60_000, lookEveryMs = 10_000 } = options;
  await makePrivateFolder(folder);
  const end = new AbortController();
  const book = new SessionBook();
  let wake = () => {};
  let woken = true;
  const ring = () => {
    woken = true;
    wake();
  };
  const watcher = watch(folder, { persistent: false }, (_event, name) => {
    if (!name?.startsWith('.')) ring();
  });
  watcher.on('error', (error) => log({ kind: 'desktop-sessions-not-watched', error: String(error) }));
  const rest = (ms: number, wakes: boolean) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(done, ms);
      function done() {
        clearTimeout(timer);
        end.signal.removeEventListener('abort', done);
        wake = () => {};
        resolve();
      }
      end.signal.addEventListener('abort', done, { once: true });
      if (wakes) wake = done;
      if (end.signal.aborted || (wakes && woken)) done();
    });

  /** What the server has of the whole list, how often it was told, and when last; null: it may have another one. */
  let told: { readonly list: string; readonly times: number; readonly at: number } | null = null;
  let failures = 0;
  const round = async (): Promise<boolean> => {
    const notes = await readSpool(folder, mostNotes);
    const now = performance.now();
    for (const { note } of notes) book.note(note, now);
    const whole = book.whole(await options.sessions(), isAlive, now);
    const list = JSON.stringify(whole);
    const before = told?.list === list ? told : null;
    // What changed there a moment ago, the server does not take from an older list: it is told a second time soon.
    const due = before === null || now - before.at > (before.times === 1 ? soonMs : wholeEveryMs);
    if (notes.length === 0 && !due) return false;
    const changes = notes.map(({ note: { what, user, hostSessionId } }) => ({ what, user, hostSessionId }));
    // With more notes to come the list would be ahead of them.
    const last = notes.length < mostNotes;
    told = null;
    const answer = await options.send({ changes, sessions: last && due ? whole : null }, end.signal);
    await forget(notes);
    if (last) told = due ? { list, times: (before?.times ?? 0) + 1, at: now } : before;
    await options.answered(answer);
    return !last;
  };
  const run = async () => {
    while (!end.signal.aborted) {
      woken = false;
      try {
        const more = await round();
        if (failures > 0) log({ kind: 'desktop-sessions-reported', afterFailures: failures });
        failures = 0;
        if (!more) await rest(told?.times === 1 ? Math.min(soonMs, lookEveryMs) : lookEveryMs, true);
      } catch (error) {
        if (end.signal.aborted) return;
        if (failures === 0) log({ kind: 'desktop-sessions-not-reported', error: String(error) });
        failures += 1;
        const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures - 1, 10));
        await rest(pause * (0.75 + Math.random() / 2), false);
      }
    }
  };
  const running = run();
  return async () => {
    end.abort();
    watcher.close();
    await running;
  };
}
