import { Established } from '../established.ts';
import { SpnegoError } from '../spnego-error.ts';
import { flag, has } from './flags.ts';
import { NtlmSession } from './ntlm-session.ts';

/** What both sides of NTLM have in common: the session's keys once the logon is complete. */
export class NtlmEstablished extends Established<NtlmSession> {
  readonly mechanism = 'ntlm';
  #key: Uint8Array | null = null;
  canSign = false;

  protected establish(key: Uint8Array, flags: number, role: 'acceptor' | 'initiator'): void {
    this.#key = key;
    const secure = has(flags, flag.extendedSessionSecurity);
    if (secure) this.session = new NtlmSession(key, flags, role);
    this.canSign = secure && (has(flags, flag.sign) || has(flags, flag.seal));
    // 40 and 56 bit keys are no encryption: such a session is treated as one that cannot encrypt.
    this.canSeal = secure && has(flags, flag.seal | flag.key128);
  }

  #completeKey(): Uint8Array {
    if (!this.#key) throw new SpnegoError('spnego.not-ready', 'the ntlm logon is not complete');
    return this.#key;
  }

  protected ready(): NtlmSession {
    this.#completeKey();
    if (!this.session) throw new SpnegoError('spnego.weak', 'the peer did not ask for extended session security');
    return this.session;
  }

  sessionKey(): Uint8Array {
    return this.#completeKey().slice();
  }

  negotiationSigned(): void {
    this.session?.reset();
  }

  override close(): void {
    this.#key?.fill(0);
    this.#key = null;
    super.close();
  }
}
