import { type HostSessionSeen, mostSessions } from '../host-reports/host-report.ts';

/** What `quser.exe` said and how it ended. */
export interface QuserOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A line: a mark at the caller's own, the name of the user, the name of the session, its number, its state and the rest. Windows writes titles and
 * states in its own language; that a session has a name, and a client therefore, it says in the same way everywhere.
 */
const line = /^[ >](\S(?:.{0,20}\S)?)\s{2,}(?:(\S+)\s+)?(\d{1,10})\s+(\S+)\s/u;

/** Far longer than any that `quser` writes. */
const longestLine = 1000;

/**
 * The sessions in what `quser` said; it cuts names of users after 20 characters. Null when it did not say what there is: it failed, or wrote lines that we
 * do not understand. Nobody at all is an error for `quser`, but one without a number.
 */
export function readQuser({ exitCode, stdout, stderr }: QuserOutput): readonly HostSessionSeen[] | null {
  const lines = stdout.split(/\r?\n/).filter((one) => one.trim() !== '');
  if (lines.length === 0) return exitCode === 1 && stderr.trim() !== '' && !/0x[0-9a-f]{8}/i.test(stderr) ? [] : null;
  const found: HostSessionSeen[] = [];
  if (lines.length > mostSessions + 1) return null;
  // The first line has the titles.
  for (const text of lines.slice(1)) {
    const match = text.length > longestLine ? null : line.exec(`${text} `);
    if (!match) return null;
    const [, user = '', session, number = ''] = match;
    found.push({ user, hostSessionId: number, state: session === undefined ? 'disconnected' : 'active' });
  }
  return found;
}
