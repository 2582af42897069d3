import type { Mechanism, SealedMessage } from './security-context.ts';

/** The keys of a completed logon: what seals and signs messages. */
export interface MessageSession {
  seal(plain: Uint8Array): SealedMessage;
  open(sealed: SealedMessage): Uint8Array;
  wrap(plain: Uint8Array): Uint8Array;
  unwrap(token: Uint8Array): Uint8Array;
  sign(message: Uint8Array): Uint8Array;
  verify(message: Uint8Array, signature: Uint8Array): void;
  close(): void;
}

/** What both sides of both mechanisms have in common: messages go through the session once the logon is complete. */
export abstract class Established<Session extends MessageSession> {
  abstract readonly mechanism: Mechanism;
  canSeal = false;
  protected session: Session | null = null;

  /** The session; throws while there is none. */
  protected abstract ready(): Session;

  seal(plain: Uint8Array): SealedMessage {
    return this.ready().seal(plain);
  }

  open(sealed: SealedMessage): Uint8Array {
    return this.ready().open(sealed);
  }

  wrap(plain: Uint8Array): Uint8Array {
    return this.ready().wrap(plain);
  }

  unwrap(token: Uint8Array): Uint8Array {
    return this.ready().unwrap(token);
  }

  sign(message: Uint8Array): Uint8Array {
    return this.ready().sign(message);
  }

  verify(message: Uint8Array, signature: Uint8Array): void {
    this.ready().verify(message, signature);
  }

  close(): void {
    this.session?.close();
    this.session = null;
  }
}
