import { hash } from 'node:crypto';
import { Asn1Error } from '@atelier/asn1';
import type { AcceptorOptions, KerberosAcceptorOptions } from '../acceptor-options.ts';
import { equalBytes } from '../crypto/equal-bytes.ts';
import type { MechanismContext } from '../mechanism-context.ts';
import { channelBindingHash } from '../ntlm/ntlmv2.ts';
import type { Identity } from '../security-context.ts';
import { SpnegoError } from '../spnego-error.ts';
import type { SpnegoErrorCode } from '../spnego-errors.ts';
import { type ApRequest, apOption, encodeApReply, encodeApReplyContent, parseApRequest } from './ap-exchange.ts';
import { type Authenticator, parseAuthenticator } from './authenticator.ts';
import type { EncryptionKey } from './encrypted-data.ts';
import { encryptionType } from './encryption-type.ts';
import { type GssChecksum, gssChecksumType, gssFlag, parseGssChecksum } from './gss-checksum.ts';
import { encodeGssToken, parseGssToken, tokenId } from './gss-token.ts';
import { KerberosEstablished } from './kerberos-established.ts';
import type { KeytabEntry } from './keytab.ts';
import { encodeKrbError, krbError } from './krb-error.ts';
import { sameName, showName } from './principal.ts';
import { parseTicketContent, type TicketContent, ticketFlag } from './ticket.ts';
import { usage } from './usage-constant.ts';

const defaultServices = ['HTTP', 'WSMAN', 'host', 'TERMSRV'];
const zero16 = new Uint8Array(16);
/** The ticket's names are the sender's words, and go into messages. */
const printable = (text: string) => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 200);

interface Opened {
  readonly entry: KeytabEntry;
  readonly content: TicketContent;
}

/** The server's side of Kerberos (RFC 4120 §3.2, RFC 4121): one request, one reply. */
export class KerberosAcceptor extends KerberosEstablished implements MechanismContext {
  readonly #options: AcceptorOptions;
  readonly #kerberos: KerberosAcceptorOptions;
  #request: ApRequest | null = null;
  identity: Identity | null = null;

  constructor(options: AcceptorOptions, kerberos: KerberosAcceptorOptions) {
    super();
    this.#options = options;
    this.#kerberos = kerberos;
  }

  async step(token: Uint8Array | null): Promise<{ readonly token: Uint8Array | null; readonly done: boolean }> {
    if (!token || this.#request) throw new SpnegoError('spnego.out-of-order', 'no kerberos message is due');
    const { id, body } = parseGssToken(token);
    if (id !== tokenId.request)
      throw new SpnegoError('spnego.out-of-order', `a kerberos message of type ${id} came where a request is due`);
    const request = parseApRequest(body);
    this.#request = request;
    if (request.options & apOption.useSessionKey)
      throw new SpnegoError('spnego.mechanism', 'user-to-user kerberos is not offered here');
    try {
      return { token: await this.#accept(request), done: true };
    } catch (error) {
      if (!(error instanceof Asn1Error)) throw error;
      throw new SpnegoError('spnego.malformed', `a kerberos ticket is malformed: ${error.message}`, { cause: error });
    }
  }

  #fail(code: SpnegoErrorCode, number: number, message: string): SpnegoError {
    const { realm, service } = this.#request!.ticket;
    const reply = encodeGssToken(tokenId.error, encodeKrbError(number, this.#options.now(), realm, service));
    return new SpnegoError(code, message, { reply });
  }

  async #accept(request: ApRequest): Promise<Uint8Array | null> {
    const { entry, content } = this.#openTicket(request);
    const sessionType = encryptionType(content.key.encryptionType);
    if (sessionType?.keyBytes !== content.key.key.length)
      throw this.#fail('spnego.weak', krbError.badIntegrity, `a session key is of type ${content.key.encryptionType}`);
    const plain = sessionType.use(content.key.key, usage.authenticator).decrypt(request.authenticator.cipher);
    if (!plain) throw this.#fail('spnego.ticket', krbError.badIntegrity, 'an authenticator cannot be decrypted');
    const authenticator = parseAuthenticator(plain);
    if (!sameName(authenticator.client, content.client) || authenticator.clientRealm !== content.clientRealm)
      throw this.#fail('spnego.ticket', krbError.badMatch, 'an authenticator names another client than its ticket');
    await this.#checkTime(request, content, authenticator);
    const checksum = this.#checksum(authenticator);
    const channelBound = this.#checkChannel(checksum);
    const token = this.#reply(request, content, authenticator, checksum);
    this.identity = {
      mechanism: 'kerberos',
      user: showName(content.client),
      domain: content.clientRealm,
      name: `${showName(content.client)}@${content.clientRealm}`,
      workstation: '',
      // Not the ticket's own words: they are in clear. The key that opened it knows.
      service: `${showName(entry.name)}@${entry.realm}`,
      authorizationData: content.authorizationData,
      delegated: checksum.delegated,
      channelBound,
    };
    return token;
  }

  /** Tries our keys of this type, those of the ticket's name and key version first. */
  #openTicket(request: ApRequest): Opened {
    const { service, encrypted } = request.ticket;
    const type = encryptionType(encrypted.encryptionType);
    if (!type) throw this.#fail('spnego.weak', krbError.noKey, `a ticket is of type ${encrypted.encryptionType}`);
    const services = new Set((this.#kerberos.services ?? defaultServices).map((name) => name.toLowerCase()));
    const wanted = printable(showName(service)).toLowerCase();
    const rank = (entry: KeytabEntry) =>
      (printable(showName(entry.name)).toLowerCase() === wanted ? 0 : 2) +
      (entry.version === encrypted.version ? 0 : 1);
    const candidates = this.#kerberos.keytab.entries
      .filter((entry) => entry.encryptionType === type.id && entry.key.length === type.keyBytes)
      .filter((entry) => services.has(entry.name[0]?.toLowerCase() ?? ''))
      .sort((a, b) => rank(a) - rank(b))
      .slice(0, 64);
    for (const entry of candidates) {
      const plain = type.use(entry.key, usage.ticket).decrypt(encrypted.cipher);
      if (plain) return { entry, content: parseTicketContent(plain) };
    }
    const known = candidates.some((entry) => rank(entry) === 0);
    if (known) throw this.#fail('spnego.ticket', krbError.badIntegrity, `a ticket for ${wanted} cannot be decrypted`);
    throw this.#fail(
      'spnego.key-missing',
      krbError.noKey,
      `no key of ${wanted} version ${encrypted.version} (${type.name})`,
    );
  }

  async #checkTime(request: ApRequest, content: TicketContent, authenticator: Authenticator): Promise<void> {
    const { clockSkewMs = 300_000, replayCache } = this.#kerberos;
    const now = this.#options.now();
    const time = authenticator.time + Math.trunc(authenticator.microseconds / 1000);
    if (!(Math.abs(now - time) <= clockSkewMs))
      throw this.#fail(
        'spnego.clock-skew',
        krbError.skew,
        `the client’s clock is off by ${Math.round((time - now) / 1000)} s`,
      );
    if (content.startTime - clockSkewMs > now || content.flags & ticketFlag.invalid)
      throw this.#fail('spnego.ticket', krbError.ticketNotYetValid, 'a ticket is not valid yet');
    if (content.endTime + clockSkewMs < now)
      throw this.#fail('spnego.ticket', krbError.ticketExpired, 'a ticket has expired');
    const digest = new Uint8Array(hash('sha256', request.authenticator.cipher, 'buffer'));
    if (!(await replayCache.add(digest, time + clockSkewMs, now)))
      throw this.#fail('spnego.replay', krbError.replay, 'an authenticator was presented before');
  }

  #checksum({ checksum }: Authenticator): GssChecksum {
    if (checksum?.type === gssChecksumType) return parseGssChecksum(checksum.value);
    throw this.#fail('spnego.malformed', krbError.badChecksum, 'an authenticator is not one of gss-api');
  }

  #checkChannel({ bindings }: GssChecksum): boolean {
    const { channelBinding, channelBindingLevel = 'relaxed' } = this.#options;
    if (!channelBinding || channelBindingLevel === 'none') return false;
    if (equalBytes(bindings, channelBindingHash(channelBinding))) return true;
    const none = equalBytes(bindings, zero16);
    if (none && channelBindingLevel === 'relaxed') return false;
    const why = none ? 'is not bound to this channel' : 'is bound to another channel';
    throw this.#fail('spnego.channel-binding', krbError.generic, `the kerberos logon ${why}`);
  }

  #reply(request: ApRequest, content: TicketContent, from: Authenticator, checksum: GssChecksum): Uint8Array | null {
    const { random } = this.#options;
    const asked = from.subkey ?? content.key;
    const type = encryptionType(asked.encryptionType);
    if (type?.keyBytes !== asked.key.length)
      throw this.#fail('spnego.weak', krbError.badIntegrity, `a subsession key is of type ${asked.encryptionType}`);
    const canSeal = (checksum.flags & gssFlag.confidentiality) !== 0;
    const dceStyle = (checksum.flags & gssFlag.dceStyle) !== 0;
    if (dceStyle) throw this.#fail('spnego.mechanism', krbError.generic, 'dce style (three legs) is not offered here');
    // FreeRDP asks for no order, and counts from zero whatever its authenticator says.
    const ordered = (checksum.flags & (gssFlag.sequence | gssFlag.replay)) !== 0;
    const begins = from.sequence ?? 0;
    const receiveSequence = ordered ? begins : null;
    const common = { role: 'acceptor', receiveSequence, dceStyle, random } as const;
    const mutual = (request.options & apOption.mutualRequired) !== 0 || (checksum.flags & gssFlag.mutual) !== 0;
    if (!mutual) {
      this.establish({ ...common, key: asked, acceptorSubkey: false, sendSequence: begins }, canSeal);
      return null;
    }
    const subkey: EncryptionKey = { encryptionType: type.id, key: Uint8Array.from(random(type.keyBytes)) };
    const sequence = new DataView(Uint8Array.from(random(4)).buffer).getUint32(0) & 0x3fffffff;
    const { time, microseconds } = from;
    const plain = encodeApReplyContent({ time, microseconds, subkey, sequence });
    const cipher = encryptionType(content.key.encryptionType)!
      .use(content.key.key, usage.apReply)
      .encrypt(plain, random(16));
    this.establish({ ...common, key: subkey, acceptorSubkey: true, sendSequence: sequence }, canSeal);
    return encodeGssToken(tokenId.reply, encodeApReply(content.key.encryptionType, cipher));
  }
}
