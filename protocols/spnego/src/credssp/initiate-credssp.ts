import { equalBytes } from '../crypto/equal-bytes.ts';
import type { InitiatorOptions } from '../initiator-options.ts';
import { initiateSecurity } from '../negotiate/initiate-security.ts';
import { SpnegoError } from '../spnego-error.ts';
import type { CredSsp, PasswordCredentials } from './credssp.ts';
import { CredSspExchange, type MinimumVersion, ourVersion } from './credssp-exchange.ts';
import { publicKeyProof } from './public-key-proof.ts';
import { encodeTsCredentials } from './ts-credentials.ts';
import { encodeTsRequest, type TsRequest } from './ts-request.ts';

/** How to log on by CredSSP, and what to hand over. */
export interface CredSspInitiatorOptions extends InitiatorOptions {
  /** `subjectPublicKey(certificate)` of the certificate that the server's TLS showed. */
  readonly publicKey: Uint8Array;
  readonly delegate: PasswordCredentials;
  /** Servers below this version get no password. Default 5 (CVE-2018-0886). */
  readonly minimumVersion?: MinimumVersion;
}

class CredSspInitiator extends CredSspExchange implements CredSsp {
  readonly role = 'initiator';
  readonly identity = null;
  readonly credentials = null;
  protected readonly peer = 'server';
  readonly #options: CredSspInitiatorOptions;
  readonly #nonce: Uint8Array;

  constructor(options: CredSspInitiatorOptions) {
    super(initiateSecurity({ ...options, seal: true }), options.minimumVersion);
    this.#options = options;
    this.#nonce = Uint8Array.from(options.random(32));
  }

  protected async begin(): Promise<Uint8Array> {
    return encodeTsRequest({ version: ourVersion, token: (await this.context.step(null)).token });
  }

  protected refusal(status: number): SpnegoError {
    const words = `the server broke off with status 0x${status.toString(16)}`;
    return new SpnegoError(status === 0xc000006d ? 'spnego.refused' : 'spnego.credssp', words);
  }

  protected take(request: TsRequest): Promise<Uint8Array> | Uint8Array {
    return this.state === 'logon' ? this.#logOn(request) : this.#delegate(request);
  }

  async #logOn(request: TsRequest): Promise<Uint8Array> {
    if (!request.token) throw new SpnegoError('spnego.out-of-order', 'an authentication token is due');
    const { token, done } = await this.context.step(request.token);
    if (!done) return encodeTsRequest({ version: ourVersion, token });
    this.state = 'key';
    const { publicKey } = this.#options;
    const pubKeyAuth = this.context.wrap(publicKeyProof('client', this.version!, publicKey, this.#nonce));
    const clientNonce = this.version! >= 5 ? this.#nonce : null;
    return encodeTsRequest({ version: ourVersion, token, pubKeyAuth, clientNonce });
  }

  #delegate(request: TsRequest): Uint8Array {
    if (!request.pubKeyAuth) throw new SpnegoError('spnego.out-of-order', 'the proof of the public key is due');
    const due = publicKeyProof('server', this.version!, this.#options.publicKey, this.#nonce);
    if (!equalBytes(this.context.unwrap(request.pubKeyAuth), due))
      throw new SpnegoError('spnego.credssp', 'the server shows another public key than its tls');
    const plain = encodeTsCredentials(this.#options.delegate);
    const authInfo = this.context.wrap(plain);
    plain.fill(0);
    this.state = 'done';
    return encodeTsRequest({ version: ourVersion, authInfo });
  }
}

/** The client's side of CredSSP. The first push takes null. Done means: send the token, and the protocol inside may begin. */
export const initiateCredSsp = (options: CredSspInitiatorOptions): CredSsp => new CredSspInitiator(options);
