/**
 * How a connection went away: `closed` by the desktop, which says so when somebody signs out or the session goes elsewhere, or `cut` without a word.
 * IronRDP tells the former as an error of MCS ("disconnect provider ultimatum", T.125) or as a reason.
 */
export type SessionEnd = 'closed' | 'cut';

/** What became of the session, as the server knows it. */
interface Known {
  readonly state: string;
}

export const sessionEnd = (said: string): SessionEnd => (/ultimatum|disconnect|log/i.test(said) ? 'closed' : 'cut');

/**
 * What to tell the person: `session` is theirs on this desktop (null: none, undefined: not known). The server hears of a change a moment later; before it
 * is `settled`, an active session may be the one that has just ended.
 */
export function endText(
  end: SessionEnd,
  session: Known | null | undefined,
  settled: boolean,
): 'lost' | 'signedOut' | 'elsewhere' | 'closed' {
  if (session === null) return 'signedOut';
  if (end === 'cut') return 'lost';
  if (session?.state === 'disconnected') return 'lost';
  return settled && session ? 'elsewhere' : 'closed';
}
