import type { ConnectionChange, ConnectionRequest, Session, SessionState, Target } from '@atelier/domain/broker';

/** TARGET_CHANGE_TYPE of sessdirpublictypes.idl; bits that can be set together. */
export const targetChange = {
  unspecified: 0x1,
  externalIp: 0x2,
  internalIp: 0x4,
  joined: 0x8,
  removed: 0x10,
  state: 0x20,
  idle: 0x40,
  pending: 0x80,
  inUse: 0x100,
  patchState: 0x200,
  farmMembership: 0x400,
} as const;

/** TSSB_NOTIFICATION_TYPE of sessdirpublictypes.idl. A plug-in is told what it has a method for. */
export const notificationType = { target: 1, session: 2, connection: 4 } as const;

/**
 * A plug-in that has these methods is told of changes (ITsSbResourceNotification). What it throws or gives is not looked at, and when it does not keep
 * up, the oldest notifications are dropped: whoever must know everything asks the store.
 */
export interface ResourceNotification {
  notifySessionChange?(change: SessionState, session: Session): Promise<void> | void;
  /** `change`: bits of `targetChange`. */
  notifyTargetChange?(change: number, target: Target): Promise<void> | void;
  notifyClientConnectionStateChange?(change: ConnectionChange, connection: ConnectionRequest): Promise<void> | void;
}
