/** Who brings a host's events to the server; `silent`: the host did, and has not been heard of since. */
export type EventFlow =
  | { readonly kind: 'off' }
  /** Nobody yet, or nobody now. */
  | { readonly kind: 'waiting' }
  /** A server subscribes to the host and pulls. */
  | { readonly kind: 'server' }
  /** The host asks for its subscription and delivers (source-initiated). */
  | { readonly kind: 'host'; readonly heardAt: Date }
  | { readonly kind: 'silent'; readonly heardAt: Date };

/** How often a source says that it is there when it has nothing else to say, and after how long we say that it is silent; milliseconds. */
export const sourceHeartbeat = 5 * 60_000;
export const sourcePatience = 2 * sourceHeartbeat + 60_000;

/** What stands in place of a server's name while the host delivers by itself, and when it has stopped to. */
export const sourceHolder = 'source';
export const silentHolder = 'silent source';

/** Who brings the events, by what the database says of the host. */
export function eventFlow(
  host: { readonly collect: boolean; readonly heldBy: string | null; readonly heldUntil: Date | null },
  now: Date,
): EventFlow {
  if (!host.collect) return { kind: 'off' };
  if (host.heldBy === null || host.heldUntil === null) return { kind: 'waiting' };
  const holds = host.heldUntil > now;
  if (host.heldBy !== sourceHolder && host.heldBy !== silentHolder) return { kind: holds ? 'server' : 'waiting' };
  const heardAt = new Date(host.heldUntil.getTime() - sourcePatience);
  return { kind: holds ? 'host' : 'silent', heardAt };
}
