/** A live session as the directory has it. */
export interface KnownSession {
  readonly targetId: string;
  readonly user: string;
  readonly hostSessionId: string | null;
}

/**
 * On which of its host's targets a session counts: nearly always there is one. A machine that serves several collections has one target in each; then the
 * directory tells which it came by, and whoever came by none counts on the first.
 */
export function targetOf(
  targetIds: readonly [string, ...string[]],
  known: readonly KnownSession[],
  seen: { readonly user: string; readonly hostSessionId: string },
): string {
  if (targetIds.length === 1) return targetIds[0];
  const user = seen.user.toLowerCase();
  const theirs = known.filter((one) => one.user.toLowerCase() === user);
  const found =
    theirs.find((one) => one.hostSessionId === seen.hostSessionId) ?? theirs.find((one) => one.hostSessionId === null);
  return found?.targetId ?? targetIds[0];
}
