import type { Mechanism, SealedMessage } from '../security-context.ts';
import { SpnegoError } from '../spnego-error.ts';
import { flag, has } from './flags.ts';
import { NtlmSession } from './ntlm-session.ts';

/** What both sides of NTLM have in common: the session's keys once the logon is complete. */
export class NtlmEstablished {
  readonly mechanism: Mechanism = 'ntlm';
  #key: Uint8Array | null = null;
  #session: NtlmSession | null = null;
  canSign = false;
  canSeal = false;

  protected establish(key: Uint8Array, flags: number, role: 'acceptor' | 'initiator'): void {
    this.#key = key;
    const secure = has(flags, flag.extendedSessionSecurity);
    if (secure) this.#session = new NtlmSession(key, flags, role);
    this.canSign = secure && (has(flags, flag.sign) || has(flags, flag.seal));
    // 40 and 56 bit keys are no encryption: such a session is treated as one that cannot encrypt.
    this.canSeal = secure && has(flags, flag.seal | flag.key128);
  }

  #ready(): NtlmSession {
    if (!this.#key) throw new SpnegoError('spnego.not-ready', 'the ntlm logon is not complete');
    if (!this.#session) throw new SpnegoError('spnego.weak', 'the peer did not ask for extended session security');
    return this.#session;
  }

  sessionKey(): Uint8Array {
    if (!this.#key) throw new SpnegoError('spnego.not-ready', 'the ntlm logon is not complete');
    return this.#key.slice();
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

  negotiationSigned(): void {
    this.#session?.reset();
  }

  close(): void {
    this.#key?.fill(0);
    this.#key = null;
    this.#session?.close();
    this.#session = null;
  }
}
