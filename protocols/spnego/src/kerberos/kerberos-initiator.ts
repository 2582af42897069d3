import { Asn1Error } from '@atelier/asn1';
import type { InitiatorOptions, KerberosCredentials } from '../initiator-options.ts';
import type { MechanismContext } from '../mechanism-context.ts';
import { channelBindingHash } from '../ntlm/ntlmv2.ts';
import { SpnegoError } from '../spnego-error.ts';
import { type ApReplyContent, apOption, encodeApRequest, parseApReply, parseApReplyContent } from './ap-exchange.ts';
import { encodeAuthenticator } from './authenticator.ts';
import type { EncryptionKey } from './encrypted-data.ts';
import { type EncryptionType, encryptionType } from './encryption-type.ts';
import { encodeGssChecksum, gssChecksumType, gssFlag } from './gss-checksum.ts';
import { encodeGssToken, parseGssToken, tokenId } from './gss-token.ts';
import { KerberosEstablished } from './kerberos-established.ts';
import { errorOfKrb } from './krb-error.ts';
import type { ServiceTicket } from './service-ticket.ts';
import { usage } from './usage-constant.ts';

/** The client's side of Kerberos (RFC 4121), always mutual: the server proves itself, too. */
export class KerberosInitiator extends KerberosEstablished implements MechanismContext {
  readonly #options: InitiatorOptions;
  readonly #ticket: ServiceTicket;
  readonly #type: EncryptionType;
  readonly #subkey: EncryptionKey;
  readonly #sequence: number;
  #time = 0;
  #microseconds = 0;
  #state: 'new' | 'asked' | 'done' = 'new';
  readonly identity = null;

  constructor(options: InitiatorOptions, credentials: KerberosCredentials) {
    super();
    this.#options = options;
    this.#ticket = credentials.ticket;
    const type = encryptionType(this.#ticket.encryptionType);
    if (!type || type.keyBytes !== this.#ticket.sessionKey.length)
      throw new SpnegoError('spnego.weak', `a session key is of type ${this.#ticket.encryptionType}`);
    this.#type = type;
    this.#subkey = { encryptionType: type.id, key: Uint8Array.from(options.random(type.keyBytes)) };
    this.#sequence = new DataView(Uint8Array.from(options.random(4)).buffer).getUint32(0) & 0x3fffffff;
  }

  async step(token: Uint8Array | null): Promise<{ readonly token: Uint8Array | null; readonly done: boolean }> {
    if (this.#state === 'new') {
      this.#state = 'asked';
      return { token: this.#ask(), done: false };
    }
    if (this.#state !== 'asked' || !token) throw new SpnegoError('spnego.out-of-order', 'no kerberos message is due');
    this.#state = 'done';
    const { id, body } = parseGssToken(token);
    if (id === tokenId.error) throw errorOfKrb(body, 'server');
    if (id !== tokenId.reply) throw new SpnegoError('spnego.out-of-order', `a kerberos message of type ${id} came`);
    this.#check(body);
    return { token: null, done: true };
  }

  #ask(): Uint8Array {
    const { now, random, channelBinding, seal } = this.#options;
    const at = now();
    this.#time = Math.floor(at / 1000) * 1000;
    // Two logons within one millisecond must differ.
    this.#microseconds = Math.floor(at % 1000) * 1000 + ((random(2)[0]! * 256 + random(2)[0]!) % 1000);
    const bindings = channelBinding ? channelBindingHash(channelBinding) : new Uint8Array(16);
    const flags =
      gssFlag.mutual |
      gssFlag.replay |
      gssFlag.sequence |
      gssFlag.integrity |
      (seal === false ? 0 : gssFlag.confidentiality);
    const plain = encodeAuthenticator({
      clientRealm: this.#ticket.clientRealm,
      client: this.#ticket.client,
      checksum: { type: gssChecksumType, value: encodeGssChecksum(bindings, flags) },
      time: this.#time,
      microseconds: this.#microseconds,
      subkey: this.#subkey,
      sequence: this.#sequence,
    });
    const cipher = this.#type.use(this.#ticket.sessionKey, usage.authenticator).encrypt(plain, random(16));
    const request = encodeApRequest(apOption.mutualRequired, this.#ticket.ticket, this.#type.id, cipher);
    return encodeGssToken(tokenId.request, request);
  }

  #check(body: Uint8Array): void {
    const plain = this.#type.use(this.#ticket.sessionKey, usage.apReply).decrypt(parseApReply(body).cipher);
    if (!plain) throw new SpnegoError('spnego.mic', 'the server’s kerberos reply has a wrong integrity code');
    let content: ApReplyContent;
    try {
      content = parseApReplyContent(plain);
    } catch (error) {
      if (!(error instanceof Asn1Error)) throw error;
      throw new SpnegoError('spnego.malformed', `a kerberos reply is malformed: ${error.message}`, { cause: error });
    }
    if (content.time !== this.#time || content.microseconds !== this.#microseconds)
      throw new SpnegoError('spnego.mic', 'the server’s kerberos reply is not to our request');
    const key = content.subkey ?? this.#subkey;
    if (encryptionType(key.encryptionType)?.keyBytes !== key.key.length)
      throw new SpnegoError('spnego.weak', `the server chose a subsession key of type ${key.encryptionType}`);
    this.establish(
      {
        role: 'initiator',
        key,
        acceptorSubkey: content.subkey !== null,
        sendSequence: this.#sequence,
        receiveSequence: content.sequence ?? 0,
        dceStyle: false,
        random: this.#options.random,
      },
      this.#options.seal !== false,
    );
  }
}
