import type { Identity, Mechanism, SealedMessage } from './security-context.ts';

/** What one mechanism does inside a security context; framing and the order of calls are the context's affair. */
export interface MechanismContext {
  readonly mechanism: Mechanism;
  /** Takes the peer's token, null at the initiator's beginning. */
  step(token: Uint8Array | null): Promise<{ readonly token: Uint8Array | null; readonly done: boolean }>;
  readonly identity: Identity | null;
  /** Known once done. */
  readonly canSign: boolean;
  readonly canSeal: boolean;
  sessionKey(): Uint8Array;
  seal(plain: Uint8Array): SealedMessage;
  open(sealed: SealedMessage): Uint8Array;
  wrap(plain: Uint8Array): Uint8Array;
  unwrap(token: Uint8Array): Uint8Array;
  sign(message: Uint8Array): Uint8Array;
  verify(message: Uint8Array, signature: Uint8Array): void;
  /** Called when SPNEGO has exchanged the signatures of its mechanism list. */
  negotiationSigned(): void;
  close(): void;
}
