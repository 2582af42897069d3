import type { RelayTools } from './relay-connection.ts';

/** Books a target as dead, and has everybody who is relayed to it come back. */
export async function loseTarget(
  { parts, book }: Pick<RelayTools, 'parts' | 'book'>,
  target: { readonly id: string; readonly name: string },
  why: string,
): Promise<void> {
  await parts.directory.setTargetState(target.id, 'down', why);
  const sessions = await parts.directory.loseTarget(target.id);
  book.cutTarget(target.id);
  parts.notes.targetLost({ target: target.name, why, sessions });
}
