import type { AcceptorOptions } from '../acceptor-options.ts';
import { equalBytes } from '../crypto/equal-bytes.ts';
import { join } from '../crypto/hashes.ts';
import { acceptSecurity } from '../negotiate/accept-security.ts';
import type { Identity, SecurityContext } from '../security-context.ts';
import { isSpnegoError, SpnegoError } from '../spnego-error.ts';
import type { CredSsp, CredSspResult, PasswordCredentials } from './credssp.ts';
import { MessageBuffer } from './message-buffer.ts';
import { publicKeyProof } from './public-key-proof.ts';
import { parseTsCredentials } from './ts-credentials.ts';
import { encodeTsRequest, parseTsRequest, type TsRequest } from './ts-request.ts';

/** How to accept CredSSP: as any logon, and the key that our TLS side shows. */
export interface CredSspAcceptorOptions extends AcceptorOptions {
  /** `subjectPublicKey(certificate)` of the certificate that TLS used. */
  readonly publicKey: Uint8Array;
  /** Clients below this version are refused. Default 5: older ones can be relayed (CVE-2018-0886). */
  readonly minimumVersion?: 2 | 3 | 4 | 5 | 6;
}

const ourVersion = 6;
const ntStatus = { logonFailure: 0xc000006d, accessDenied: 0xc0000022, notSupported: 0xc00000bb };

class CredSspAcceptor implements CredSsp {
  readonly role = 'acceptor';
  readonly #options: CredSspAcceptorOptions;
  readonly #context: SecurityContext;
  readonly #buffer = new MessageBuffer();
  #state: 'logon' | 'key' | 'credentials' | 'done' | 'dead' = 'logon';
  #busy = false;
  version: number | null = null;
  credentials: PasswordCredentials | null = null;

  constructor(options: CredSspAcceptorOptions) {
    this.#options = options;
    this.#context = acceptSecurity(options);
  }

  get done(): boolean {
    return this.#state === 'done';
  }

  get identity(): Identity | null {
    return this.done ? this.#context.identity : null;
  }

  async push(bytes: Uint8Array | null): Promise<CredSspResult> {
    if (this.#busy || this.#state === 'dead' || this.#state === 'done')
      throw new SpnegoError('spnego.out-of-order', 'no credssp message is due');
    this.#busy = true;
    try {
      if (bytes) this.#buffer.add(bytes);
      const tokens: Uint8Array[] = [];
      for (let message = this.#buffer.next(); message; message = this.done ? null : this.#buffer.next()) {
        const token = await this.#take(parseTsRequest(message));
        if (token) tokens.push(token);
      }
      return { token: tokens.length > 0 ? join(...tokens) : null, done: this.done };
    } catch (error) {
      this.close();
      throw this.#told(error);
    } finally {
      this.#busy = false;
    }
  }

  /** Adds the TSRequest that tells the client why; versions 2 and 5 have no place for it. */
  #told(error: unknown): unknown {
    if (!isSpnegoError(error) || this.version === null || this.version < 3 || this.version === 5) return error;
    const errorCode = isSpnegoError(error, 'spnego.refused')
      ? ntStatus.logonFailure
      : isSpnegoError(error, 'spnego.mechanism')
        ? ntStatus.notSupported
        : ntStatus.accessDenied;
    const reply = encodeTsRequest({ version: ourVersion, errorCode });
    return new SpnegoError(error.code, error.message, { cause: error.cause, reply });
  }

  async #take(request: TsRequest): Promise<Uint8Array | null> {
    const version = Math.min(request.version, ourVersion);
    if (this.version !== null && this.version !== version)
      throw new SpnegoError('spnego.credssp', 'the client changed its version on the way');
    this.version = version;
    if (version < (this.#options.minimumVersion ?? 5))
      throw new SpnegoError('spnego.credssp', `the client speaks credssp version ${version} only`);
    if (request.errorCode)
      throw new SpnegoError('spnego.refused', `the client broke off with status ${request.errorCode}`);
    if (this.#state === 'logon') return this.#logOn(request);
    if (this.#state === 'key') return this.#answerKey(request, null);
    if (!request.authInfo) throw new SpnegoError('spnego.out-of-order', 'credentials are due');
    this.credentials = parseTsCredentials(this.#context.unwrap(request.authInfo));
    this.#state = 'done';
    return null;
  }

  async #logOn(request: TsRequest): Promise<Uint8Array> {
    if (!request.token) throw new SpnegoError('spnego.out-of-order', 'an authentication token is due');
    const { token, done } = await this.#context.step(request.token);
    if (done) this.#state = 'key';
    if (done && request.pubKeyAuth) return this.#answerKey(request, token);
    if (done && !token) throw new SpnegoError('spnego.credssp', 'the client did not show which key it sees');
    return encodeTsRequest({ version: ourVersion, token });
  }

  #answerKey(request: TsRequest, token: Uint8Array | null): Uint8Array {
    const { publicKey } = this.#options;
    if (!request.pubKeyAuth) throw new SpnegoError('spnego.out-of-order', 'the proof of the public key is due');
    const nonce = request.clientNonce ?? null;
    const due = publicKeyProof('client', this.version!, publicKey, nonce);
    if (!equalBytes(this.#context.unwrap(request.pubKeyAuth), due))
      throw new SpnegoError('spnego.credssp', 'the client sees another public key than ours');
    this.#state = 'credentials';
    const pubKeyAuth = this.#context.wrap(publicKeyProof('server', this.version!, publicKey, nonce));
    return encodeTsRequest({ version: ourVersion, token, pubKeyAuth });
  }

  surplus(): Uint8Array {
    return this.#buffer.take();
  }

  close(): void {
    this.#state = 'dead';
    this.#context.close();
  }
}

/**
 * The server's side of CredSSP (MS-CSSP §3.1.5), as RDP's NLA and WinRM use it: logs the client on, shows it that both see
 * the same TLS key, and takes its password. Feed it what TLS decrypts; send through TLS what it gives.
 */
export const acceptCredSsp = (options: CredSspAcceptorOptions): CredSsp => new CredSspAcceptor(options);
