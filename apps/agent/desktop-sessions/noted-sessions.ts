/** Octets of what a script leaves at most. */
export const largestNote = 4096;

/** What a script left for the agent: `name=value` on lines, and `end`, so that half a file is seen to be one. */
export function readNote(text: string): ReadonlyMap<string, string> | null {
  const lines = text.split('\n');
  if (lines.at(-1) !== '' || lines.at(-2) !== 'end') return null;
  const found = new Map<string, string>();
  for (const line of lines.slice(0, -2)) {
    const at = line.indexOf('=');
    const name = line.slice(0, at);
    // The first one counts: a value that brings lines of its own changes none before it.
    if (at > 0 && !found.has(name)) found.set(name, line.slice(at + 1));
  }
  return found;
}

/** A session that began or ended. */
export interface SessionNote {
  readonly what: 'log-on' | 'log-off';
  readonly user: string;
  /** The display (`:10`), or the terminal as PAM has it. */
  readonly hostSessionId: string;
  /** The process that keeps the session. */
  readonly pid: number;
}

const kinds = new Map([
  ['open_session', 'log-on'],
  ['close_session', 'log-off'],
] as const);

/** A display without its screen, as everything else names it. */
export const displayOf = (terminal: string): string => /^(:\d{1,5})(\.\d+)?$/.exec(terminal)?.[1] ?? terminal;

/** No name has control characters, and terminals obey them. */
const isName = (text: string): boolean => text.length > 0 && text.length <= 256 && !/\p{Cc}/u.test(text);

/** What the session hook wrote; null for what it did not. */
export function readSessionNote(text: string): SessionNote | null {
  const note = readNote(text);
  const what = kinds.get((note?.get('type') ?? '') as 'open_session');
  const user = note?.get('user') ?? '';
  // 0 and what is less would be groups of processes: those are always there.
  const pid = /^[1-9]\d{0,9}$/.test(note?.get('pid') ?? '') ? Number(note?.get('pid')) : null;
  if (!what || pid === null || !isName(user)) return null;
  const terminal = note?.get('tty') ?? '';
  return { what, user, hostSessionId: isName(terminal) ? displayOf(terminal).slice(0, 64) : `pid ${pid}`, pid };
}
