import type { AcceptorOptions } from '../acceptor-options.ts';
import { equalBytes } from '../crypto/equal-bytes.ts';
import { acceptSecurity } from '../negotiate/accept-security.ts';
import type { Identity } from '../security-context.ts';
import { isSpnegoError, SpnegoError } from '../spnego-error.ts';
import type { CredSsp, PasswordCredentials } from './credssp.ts';
import { CredSspExchange, type MinimumVersion, ourVersion } from './credssp-exchange.ts';
import { publicKeyProof } from './public-key-proof.ts';
import { parseTsCredentials } from './ts-credentials.ts';
import { encodeTsRequest, type TsRequest } from './ts-request.ts';

/** How to accept CredSSP: as any logon, and the key that our TLS side shows. */
export interface CredSspAcceptorOptions extends AcceptorOptions {
  /** `subjectPublicKey(certificate)` of the certificate that TLS used. */
  readonly publicKey: Uint8Array;
  /** Clients below this version are refused. Default 5: older ones can be relayed (CVE-2018-0886). */
  readonly minimumVersion?: MinimumVersion;
}

const ntStatus = { logonFailure: 0xc000006d, accessDenied: 0xc0000022, notSupported: 0xc00000bb };

class CredSspAcceptor extends CredSspExchange implements CredSsp {
  readonly role = 'acceptor';
  protected readonly peer = 'client';
  readonly #publicKey: Uint8Array;
  credentials: PasswordCredentials | null = null;

  constructor(options: CredSspAcceptorOptions) {
    super(acceptSecurity(options), options.minimumVersion);
    this.#publicKey = options.publicKey;
  }

  get identity(): Identity | null {
    return this.done ? this.context.identity : null;
  }

  protected begin(): null {
    return null;
  }

  protected refusal(status: number): SpnegoError {
    return new SpnegoError('spnego.refused', `the client broke off with status ${status}`);
  }

  /** Adds the TSRequest that tells the client why; versions 2 and 5 have no place for it. */
  protected override told(error: unknown): unknown {
    if (!isSpnegoError(error) || this.version === null || this.version < 3 || this.version === 5) return error;
    const errorCode = isSpnegoError(error, 'spnego.refused')
      ? ntStatus.logonFailure
      : isSpnegoError(error, 'spnego.mechanism')
        ? ntStatus.notSupported
        : ntStatus.accessDenied;
    const reply = encodeTsRequest({ version: ourVersion, errorCode });
    return new SpnegoError(error.code, error.message, { cause: error.cause, reply });
  }

  protected take(request: TsRequest): Promise<Uint8Array> | Uint8Array | null {
    if (this.state === 'logon') return this.#logOn(request);
    if (this.state === 'key') return this.#answerKey(request, null);
    if (!request.authInfo) throw new SpnegoError('spnego.out-of-order', 'credentials are due');
    const plain = this.context.unwrap(request.authInfo);
    try {
      this.credentials = parseTsCredentials(plain);
    } finally {
      plain.fill(0);
    }
    this.state = 'done';
    return null;
  }

  async #logOn(request: TsRequest): Promise<Uint8Array> {
    if (!request.token) throw new SpnegoError('spnego.out-of-order', 'an authentication token is due');
    const { token, done } = await this.context.step(request.token);
    if (done) this.state = 'key';
    if (done && request.pubKeyAuth) return this.#answerKey(request, token);
    if (done && !token) throw new SpnegoError('spnego.credssp', 'the client did not show which key it sees');
    return encodeTsRequest({ version: ourVersion, token });
  }

  #answerKey(request: TsRequest, token: Uint8Array | null): Uint8Array {
    if (!request.pubKeyAuth) throw new SpnegoError('spnego.out-of-order', 'the proof of the public key is due');
    const nonce = request.clientNonce ?? null;
    const due = publicKeyProof('client', this.version!, this.#publicKey, nonce);
    if (!equalBytes(this.context.unwrap(request.pubKeyAuth), due))
      throw new SpnegoError('spnego.credssp', 'the client sees another public key than ours');
    this.state = 'credentials';
    const pubKeyAuth = this.context.wrap(publicKeyProof('server', this.version!, this.#publicKey, nonce));
    return encodeTsRequest({ version: ourVersion, token, pubKeyAuth });
  }

  override close(): void {
    this.credentials = null;
    super.close();
  }
}

/**
 * The server's side of CredSSP (MS-CSSP §3.1.5), as RDP's NLA and WinRM use it: logs the client on, shows it that both see
 * the same TLS key, and takes its password. Feed it what TLS decrypts; send through TLS what it gives.
 */
export const acceptCredSsp = (options: CredSspAcceptorOptions): CredSsp => new CredSspAcceptor(options);
