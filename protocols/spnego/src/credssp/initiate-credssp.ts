import { equalBytes } from '../crypto/equal-bytes.ts';
import { join } from '../crypto/hashes.ts';
import type { InitiatorOptions } from '../initiator-options.ts';
import { initiateSecurity } from '../negotiate/initiate-security.ts';
import type { SecurityContext } from '../security-context.ts';
import { SpnegoError } from '../spnego-error.ts';
import type { CredSsp, CredSspResult, PasswordCredentials } from './credssp.ts';
import { MessageBuffer } from './message-buffer.ts';
import { publicKeyProof } from './public-key-proof.ts';
import { encodeTsCredentials } from './ts-credentials.ts';
import { encodeTsRequest, parseTsRequest, type TsRequest } from './ts-request.ts';

/** How to log on by CredSSP, and what to hand over. */
export interface CredSspInitiatorOptions extends InitiatorOptions {
  /** `subjectPublicKey(certificate)` of the certificate that the server's TLS showed. */
  readonly publicKey: Uint8Array;
  readonly delegate: PasswordCredentials;
  /** Servers below this version get no password. Default 5 (CVE-2018-0886). */
  readonly minimumVersion?: 2 | 3 | 4 | 5 | 6;
}

const ourVersion = 6;

class CredSspInitiator implements CredSsp {
  readonly role = 'initiator';
  readonly identity = null;
  readonly credentials = null;
  readonly #options: CredSspInitiatorOptions;
  readonly #context: SecurityContext;
  readonly #buffer = new MessageBuffer();
  readonly #nonce: Uint8Array;
  #state: 'new' | 'logon' | 'key' | 'done' | 'dead' = 'new';
  #busy = false;
  version: number | null = null;

  constructor(options: CredSspInitiatorOptions) {
    this.#options = options;
    this.#context = initiateSecurity({ ...options, seal: true });
    this.#nonce = Uint8Array.from(options.random(32));
  }

  get done(): boolean {
    return this.#state === 'done';
  }

  async push(bytes: Uint8Array | null): Promise<CredSspResult> {
    if (this.#busy || this.#state === 'dead' || this.#state === 'done')
      throw new SpnegoError('spnego.out-of-order', 'no credssp message is due');
    this.#busy = true;
    try {
      if (this.#state === 'new') {
        this.#state = 'logon';
        return {
          token: encodeTsRequest({ version: ourVersion, token: (await this.#context.step(null)).token }),
          done: false,
        };
      }
      if (bytes) this.#buffer.add(bytes);
      const tokens: Uint8Array[] = [];
      for (let message = this.#buffer.next(); message; message = this.done ? null : this.#buffer.next()) {
        const token = await this.#take(parseTsRequest(message));
        if (token) tokens.push(token);
      }
      return { token: tokens.length > 0 ? join(...tokens) : null, done: this.done };
    } catch (error) {
      this.close();
      throw error;
    } finally {
      this.#busy = false;
    }
  }

  async #take(request: TsRequest): Promise<Uint8Array> {
    if (request.errorCode) throw this.#refusal(request.errorCode);
    const version = Math.min(request.version, ourVersion);
    if (this.version !== null && this.version !== version)
      throw new SpnegoError('spnego.credssp', 'the server changed its version on the way');
    this.version = version;
    if (version < (this.#options.minimumVersion ?? 5))
      throw new SpnegoError('spnego.credssp', `the server speaks credssp version ${version} only`);
    return this.#state === 'logon' ? this.#logOn(request) : this.#delegate(request);
  }

  #refusal(status: number): SpnegoError {
    const words = `the server broke off with status 0x${status.toString(16)}`;
    return new SpnegoError(status === 0xc000006d ? 'spnego.refused' : 'spnego.credssp', words);
  }

  async #logOn(request: TsRequest): Promise<Uint8Array> {
    if (!request.token) throw new SpnegoError('spnego.out-of-order', 'an authentication token is due');
    const { token, done } = await this.#context.step(request.token);
    if (!done) return encodeTsRequest({ version: ourVersion, token });
    this.#state = 'key';
    const { publicKey } = this.#options;
    const pubKeyAuth = this.#context.wrap(publicKeyProof('client', this.version!, publicKey, this.#nonce));
    const clientNonce = this.version! >= 5 ? this.#nonce : null;
    return encodeTsRequest({ version: ourVersion, token, pubKeyAuth, clientNonce });
  }

  #delegate(request: TsRequest): Uint8Array {
    if (!request.pubKeyAuth) throw new SpnegoError('spnego.out-of-order', 'the proof of the public key is due');
    const due = publicKeyProof('server', this.version!, this.#options.publicKey, this.#nonce);
    if (!equalBytes(this.#context.unwrap(request.pubKeyAuth), due))
      throw new SpnegoError('spnego.credssp', 'the server shows another public key than its tls');
    const plain = encodeTsCredentials(this.#options.delegate);
    const authInfo = this.#context.wrap(plain);
    plain.fill(0);
    this.#state = 'done';
    return encodeTsRequest({ version: ourVersion, authInfo });
  }

  surplus(): Uint8Array {
    return this.#buffer.take();
  }

  close(): void {
    this.#state = 'dead';
    this.#context.close();
  }
}

/** The client's side of CredSSP. The first push takes null. Done means: send the token, and the protocol inside may begin. */
export const initiateCredSsp = (options: CredSspInitiatorOptions): CredSsp => new CredSspInitiator(options);
