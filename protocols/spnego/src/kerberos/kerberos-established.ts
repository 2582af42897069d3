import { Established } from '../established.ts';
import { SpnegoError } from '../spnego-error.ts';
import { KerberosSession, type SessionSetup } from './kerberos-session.ts';

/** What both sides of Kerberos have in common: the session once the AP exchange is over. */
export class KerberosEstablished extends Established<KerberosSession> {
  readonly mechanism = 'kerberos';
  readonly canSign = true;

  protected establish(setup: SessionSetup, canSeal: boolean): void {
    this.session = new KerberosSession(setup);
    this.canSeal = canSeal;
  }

  protected ready(): KerberosSession {
    if (!this.session) throw new SpnegoError('spnego.not-ready', 'the kerberos logon is not complete');
    return this.session;
  }

  sessionKey(): Uint8Array {
    return this.ready().sessionKey();
  }

  /** Kerberos goes on counting after the signatures of SPNEGO. */
  negotiationSigned(): void {}
}
