import type { Mechanism, SealedMessage } from '../security-context.ts';
import { SpnegoError } from '../spnego-error.ts';
import { KerberosSession, type SessionSetup } from './kerberos-session.ts';

/** What both sides of Kerberos have in common: the session once the AP exchange is over. */
export class KerberosEstablished {
  readonly mechanism: Mechanism = 'kerberos';
  readonly canSign = true;
  canSeal = false;
  #session: KerberosSession | null = null;

  protected establish(setup: SessionSetup, canSeal: boolean): void {
    this.#session = new KerberosSession(setup);
    this.canSeal = canSeal;
  }

  #ready(): KerberosSession {
    if (!this.#session) throw new SpnegoError('spnego.not-ready', 'the kerberos logon is not complete');
    return this.#session;
  }

  sessionKey(): Uint8Array {
    return this.#ready().sessionKey();
  }

  seal(plain: Uint8Array): SealedMessage {
    return this.#ready().seal(plain);
  }

  open(sealed: SealedMessage): Uint8Array {
    return this.#ready().open(sealed);
  }

  wrap(plain: Uint8Array): Uint8Array {
    return this.#ready().wrap(plain);
  }

  unwrap(token: Uint8Array): Uint8Array {
    return this.#ready().unwrap(token);
  }

  sign(message: Uint8Array): Uint8Array {
    return this.#ready().sign(message);
  }

  verify(message: Uint8Array, signature: Uint8Array): void {
    this.#ready().verify(message, signature);
  }

  /** Kerberos goes on counting after the signatures of SPNEGO. */
  negotiationSigned(): void {}

  close(): void {
    this.#session?.close();
    this.#session = null;
  }
}
