import type { AcceptorOptions, NtlmAcceptorOptions, NtlmAccount } from '../acceptor-options.ts';
import { equalBytes } from '../crypto/equal-bytes.ts';
import { hmac } from '../crypto/hashes.ts';
import { rc4 } from '../crypto/rc4.ts';
import type { MechanismContext } from '../mechanism-context.ts';
import type { Identity } from '../security-context.ts';
import { SpnegoError } from '../spnego-error.ts';
import { type Authenticate, micOf, parseAuthenticate } from './authenticate-message.ts';
import { av, avFlags, fileTime, micProvided } from './av-pairs.ts';
import { encodeChallenge } from './challenge-message.ts';
import { flag, has } from './flags.ts';
import { parseNegotiate } from './negotiate-message.ts';
import { NtlmEstablished } from './ntlm-established.ts';
import { channelBindingHash, type NtlmV2Response, parseResponse, prove, responseKey } from './ntlmv2.ts';

/** What a client may choose, and gets if it asks. */
const choices =
  flag.sign |
  flag.seal |
  flag.alwaysSign |
  flag.extendedSessionSecurity |
  flag.key128 |
  flag.key56 |
  flag.keyExchange |
  flag.version;
const utf16 = (text: string) => Uint8Array.from(Buffer.from(text, 'utf16le'));

/** The server's side of NTLMv2 (MS-NLMP §3.2.5): one challenge, one answer. LM and NTLMv1 are refused. */
export class NtlmAcceptor extends NtlmEstablished implements MechanismContext {
  readonly #options: AcceptorOptions;
  readonly #ntlm: NtlmAcceptorOptions;
  #negotiate: Uint8Array | null = null;
  #challenge = new Uint8Array(0);
  #serverChallenge = new Uint8Array(8);
  #flags = 0;
  identity: Identity | null = null;

  constructor(options: AcceptorOptions, ntlm: NtlmAcceptorOptions) {
    super();
    this.#options = options;
    this.#ntlm = ntlm;
  }

  async step(token: Uint8Array | null): Promise<{ readonly token: Uint8Array | null; readonly done: boolean }> {
    if (!token) throw new SpnegoError('spnego.malformed', 'an ntlm message is empty');
    if (!this.#negotiate) return { token: this.#ask(token), done: false };
    if (this.identity) throw new SpnegoError('spnego.out-of-order', 'the ntlm logon is complete already');
    await this.#judge(token);
    return { token: null, done: true };
  }

  #ask(token: Uint8Array): Uint8Array {
    const asked = parseNegotiate(token);
    const { computerName, dnsName, domainName, dnsDomainName } = this.#ntlm;
    this.#flags =
      ((asked & choices) |
        flag.ntlm |
        flag.requestTarget |
        flag.targetInfo |
        (domainName ? flag.targetTypeDomain : flag.targetTypeServer) |
        // Asked for both, some clients answer in OEM letters, so they get no choice; pywinrm offers nothing but OEM.
        (has(asked, flag.unicode) || !has(asked, flag.oem) ? flag.unicode : flag.oem)) >>>
      0;
    this.#serverChallenge = Uint8Array.from(this.#options.random(8));
    const targetInfo = new Map([
      [av.domainName, utf16(domainName ?? computerName)],
      [av.computerName, utf16(computerName)],
      [av.dnsDomainName, utf16(dnsDomainName ?? '')],
      [av.dnsComputerName, utf16(dnsName ?? computerName)],
      [av.timestamp, fileTime(this.#options.now())],
    ]);
    const message = { flags: this.#flags, targetName: domainName ?? computerName, targetInfo };
    this.#challenge = Uint8Array.from(encodeChallenge({ ...message, serverChallenge: this.#serverChallenge }));
    this.#negotiate = token.slice();
    return this.#challenge;
  }

  async #judge(token: Uint8Array): Promise<void> {
    const message = parseAuthenticate(token);
    if (message.user === '' || has(message.flags, flag.anonymous))
      throw new SpnegoError('spnego.anonymous', 'the client gave no user name');
    if (message.ntResponse.length <= 24) throw new SpnegoError('spnego.weak', 'the client answered with lm or ntlmv1');
    const response = parseResponse(message.ntResponse);
    const keyExchangeKey = await this.#proven(message, response);
    const flags = (message.flags & this.#flags) >>> 0;
    const key = this.#exportedKey(message, flags, keyExchangeKey);
    if (avFlags(response.pairs) & micProvided) this.#checkMic(token, key);
    else if (this.#ntlm.requireMic) throw new SpnegoError('spnego.mic', 'the client sent no integrity code');
    const channelBound = this.#checkChannel(response);
    this.establish(key, flags, 'acceptor');
    const { user, domain, workstation } = message;
    this.identity = {
      mechanism: 'ntlm',
      user,
      domain,
      name: domain ? `${domain}\\${user}` : user,
      workstation,
      service: null,
      authorizationData: null,
      delegated: null,
      channelBound,
    };
  }

  /** The session base key, if the answer is right. An unknown user costs the same time as a wrong password. */
  async #proven(message: Authenticate, response: NtlmV2Response): Promise<Uint8Array> {
    const account: NtlmAccount = { user: message.user, domain: message.domain, workstation: message.workstation };
    const hash = (await this.#ntlm.ntHash?.(account)) ?? null;
    const key = responseKey(hash ?? new Uint8Array(16), message.user, message.domain);
    const { proof, sessionBaseKey } = prove(key, this.#serverChallenge, response.temp);
    const right = equalBytes(proof, response.proof);
    key.fill(0);
    if (hash && right) return sessionBaseKey;
    if (this.#ntlm.verify) {
      const { ntResponse, lmResponse } = message;
      const given = await this.#ntlm.verify({
        ...account,
        serverChallenge: this.#serverChallenge,
        ntResponse,
        lmResponse,
      });
      if (given?.length === 16) return Uint8Array.from(given);
    }
    throw new SpnegoError('spnego.refused', 'the user name or the password is wrong');
  }

  #exportedKey(message: Authenticate, flags: number, keyExchangeKey: Uint8Array): Uint8Array {
    const { encryptedSessionKey } = message;
    if (!has(flags, flag.keyExchange) || encryptedSessionKey.length === 0) return keyExchangeKey;
    if (encryptedSessionKey.length !== 16)
      throw new SpnegoError('spnego.malformed', 'an ntlm session key has a wrong length');
    return rc4(keyExchangeKey, encryptedSessionKey);
  }

  #checkMic(token: Uint8Array, key: Uint8Array): void {
    const mic = micOf(token);
    const blank = token.slice();
    micOf(blank).fill(0);
    if (!equalBytes(mic, hmac('md5', key, [this.#negotiate!, this.#challenge, blank])))
      throw new SpnegoError('spnego.mic', 'the integrity code of the ntlm logon is wrong');
  }

  #checkChannel(response: NtlmV2Response): boolean {
    const { channelBinding, channelBindingLevel = 'relaxed' } = this.#options;
    if (!channelBinding || channelBindingLevel === 'none') return false;
    const sent = response.pairs.get(av.channelBindings);
    if (sent?.some((octet) => octet !== 0)) {
      if (equalBytes(sent, channelBindingHash(channelBinding))) return true;
      throw new SpnegoError('spnego.channel-binding', 'the ntlm logon is bound to another channel');
    }
    if (channelBindingLevel === 'relaxed') return false;
    throw new SpnegoError('spnego.channel-binding', 'the ntlm logon is not bound to this channel');
  }
}
