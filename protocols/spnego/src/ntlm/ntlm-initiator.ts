import { hmac, join } from '../crypto/hashes.ts';
import { rc4 } from '../crypto/rc4.ts';
import type { InitiatorOptions, NtlmCredentials } from '../initiator-options.ts';
import type { MechanismContext } from '../mechanism-context.ts';
import { SpnegoError } from '../spnego-error.ts';
import { encodeAuthenticate, micOf } from './authenticate-message.ts';
import { av, avFlags, fileTime, micProvided } from './av-pairs.ts';
import { type Challenge, parseChallenge } from './challenge-message.ts';
import { flag, has } from './flags.ts';
import { encodeNegotiate } from './negotiate-message.ts';
import { NtlmEstablished } from './ntlm-established.ts';
import { channelBindingHash, clientChallenge, prove, responseKey } from './ntlmv2.ts';

const always =
  flag.unicode |
  flag.requestTarget |
  flag.ntlm |
  flag.alwaysSign |
  flag.extendedSessionSecurity |
  flag.targetInfo |
  flag.version |
  flag.key128 |
  flag.keyExchange |
  flag.key56 |
  flag.sign;

/** The client's side of NTLMv2 (MS-NLMP §3.1.5). */
export class NtlmInitiator extends NtlmEstablished implements MechanismContext {
  readonly #options: InitiatorOptions;
  readonly #credentials: NtlmCredentials;
  readonly #offer: number;
  #negotiate: Uint8Array | null = null;
  #answered = false;
  readonly identity = null;

  constructor(options: InitiatorOptions, credentials: NtlmCredentials) {
    super();
    this.#options = options;
    this.#credentials = credentials;
    this.#offer = (always | (options.seal === false ? 0 : flag.seal)) >>> 0;
  }

  async step(token: Uint8Array | null): Promise<{ readonly token: Uint8Array | null; readonly done: boolean }> {
    if (!this.#negotiate) {
      this.#negotiate = encodeNegotiate(this.#offer);
      return { token: this.#negotiate, done: false };
    }
    if (this.#answered || !token) throw new SpnegoError('spnego.out-of-order', 'no ntlm message is due');
    this.#answered = true;
    return { token: this.#answer(token), done: true };
  }

  #answer(token: Uint8Array): Uint8Array {
    const { random, now, channelBinding } = this.#options;
    const { user, domain, workstation = '', ntHash, targetName } = this.#credentials;
    const challenge = parseChallenge(token);
    const flags = this.#agreed(challenge);
    const serverTime = challenge.targetInfo.get(av.timestamp);
    const pairs = new Map(challenge.targetInfo);
    if (serverTime) pairs.set(av.flags, uint32(avFlags(pairs) | micProvided));
    pairs.set(av.channelBindings, channelBinding ? channelBindingHash(channelBinding) : new Uint8Array(16));
    pairs.set(av.targetName, Uint8Array.from(Buffer.from(targetName ?? '', 'utf16le')));
    const nonce = random(8);
    const key = responseKey(ntHash, user, domain);
    const temp = clientChallenge(serverTime ?? fileTime(now()), nonce, pairs);
    const { proof, sessionBaseKey } = prove(key, challenge.serverChallenge, temp);
    const exported = has(flags, flag.keyExchange) ? Uint8Array.from(random(16)) : sessionBaseKey;
    const message = encodeAuthenticate({
      flags,
      domain,
      user,
      workstation,
      // A server that tells its time gets no LMv2 answer (§3.1.5.1.2).
      lmResponse: serverTime ? new Uint8Array(24) : join(hmac('md5', key, [challenge.serverChallenge, nonce]), nonce),
      ntResponse: join(proof, temp),
      encryptedSessionKey: has(flags, flag.keyExchange) ? rc4(sessionBaseKey, exported) : new Uint8Array(0),
    });
    key.fill(0);
    if (serverTime) micOf(message).set(hmac('md5', exported, [this.#negotiate!, token, message]));
    this.establish(exported, flags, 'initiator');
    return message;
  }

  #agreed(challenge: Challenge): number {
    const { flags } = challenge;
    if (!has(flags, flag.extendedSessionSecurity))
      throw new SpnegoError('spnego.weak', 'the server has no extended session security');
    if (has(this.#offer, flag.seal) && !has(flags, flag.seal | flag.key128))
      throw new SpnegoError('spnego.not-sealed', 'the server does not encrypt messages with 128 bits');
    const letters = has(flags, flag.unicode) ? flag.unicode : flag.oem;
    return ((this.#offer & flags & ~(flag.unicode | flag.oem)) | letters | (this.#offer & flag.version)) >>> 0;
  }
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
