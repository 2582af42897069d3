import { der } from '@atelier/asn1';
import type { Environment } from '../environment.ts';
import { SpnegoError } from '../spnego-error.ts';
import { encodeApRequest } from './ap-exchange.ts';
import { encodeAuthenticator } from './authenticator.ts';
import { encodeEncryptedData } from './encrypted-data.ts';
import { type EncryptionType, encryptionType } from './encryption-type.ts';
import {
  type KdcReply,
  keyRecipes,
  type PreauthData,
  parseKdcReply,
  parseKdcReplyContent,
  parseMethodData,
} from './kdc-reply.ts';
import { encodeKdcRequest, encodeRequestBody, kdcOption, preauth } from './kdc-request.ts';
import { errorOfKrb, isKrbError, krbError, parseKrbError } from './krb-error.ts';
import { type PrincipalName, sameName, showName } from './principal.ts';
import type { ServiceTicket } from './service-ticket.ts';
import { usage } from './usage-constant.ts';

/** Talks to a KDC. */
export interface KdcAccess extends Environment {
  /**
   * Sends a message to a KDC of the realm and gives its answer. The transport is the caller's: TCP to port 88 with four
   * octets of length in front (RFC 4120 §7.2.2), with a time-out and a limit (64 KiB is plenty).
   */
  readonly exchange: (realm: string, request: Uint8Array) => Promise<Uint8Array>;
}

/** Whose password it is. */
export interface PasswordLogon {
  readonly realm: string;
  /** `alice`, or `['HTTP', 'web']` for a service. */
  readonly client: string | PrincipalName;
  readonly password: string;
  /** How long the ticket should be good, in ms. Default 10 hours. */
  readonly lifetimeMs?: number;
}

/** More rounds than this to make a key from a password are refused: a false KDC could keep us busy for hours. */
const mostIterations = 1_000_000;
const mostReferrals = 10;
const kdcError = (message: string) => new SpnegoError('spnego.kdc', message);
const nonceOf = (access: Environment) =>
  new DataView(Uint8Array.from(access.random(4)).buffer).getUint32(0) & 0x7fffffff;

async function passwordKey(logon: PasswordLogon, client: PrincipalName, padata: readonly PreauthData[], only?: number) {
  const recipes = keyRecipes(padata);
  const recipe = recipes.find(
    (one) => encryptionType(one.encryptionType) && (only === undefined || one.encryptionType === only),
  );
  const type = encryptionType(recipe?.encryptionType ?? only ?? 0);
  if (!type) throw new SpnegoError('spnego.weak', 'the kdc has no aes key for this user');
  const salt = recipe?.salt ?? logon.realm + client.join('');
  const { parameter } = recipe ?? {};
  if (parameter && parameter.length !== 4) throw kdcError('the kdc’s key parameter is malformed');
  const rounds = parameter ? new DataView(Uint8Array.from(parameter).buffer).getUint32(0) : type.defaultIterations;
  if (rounds < 1 || rounds > mostIterations) throw kdcError(`the kdc asks for ${rounds} rounds of key making`);
  return { type, key: await type.stringToKey(logon.password, Buffer.from(salt, 'utf8'), rounds) };
}

function timestamp(access: Environment, type: EncryptionType, key: Uint8Array): PreauthData {
  const now = access.now();
  const plain = der.sequence(
    der.explicit(0, der.time(now)),
    der.explicit(1, der.integer(Math.floor(now % 1000) * 1000)),
  );
  const cipher = type.use(key, usage.preauthTimestamp).encrypt(plain, access.random(16));
  return { type: preauth.encryptedTimestamp, value: encodeEncryptedData(type.id, cipher) };
}

function ticketOf(reply: KdcReply, plain: Uint8Array | null, nonce: number): ServiceTicket {
  if (!plain) throw kdcError('the kdc’s reply has a wrong integrity code');
  const content = parseKdcReplyContent(plain);
  if (content.nonce !== nonce) throw kdcError('the kdc’s reply is not to our request');
  const { flags, startTime, endTime, realm, service } = content;
  const { encryptionType, key: sessionKey } = content.key;
  const { clientRealm, client, ticket } = reply;
  return { clientRealm, client, realm, service, ticket, encryptionType, sessionKey, flags, startTime, endTime };
}

/**
 * Logs on with a password (AS exchange, RFC 4120 §3.1, with an encrypted timestamp) and gives the ticket-granting ticket.
 * Throws `spnego.refused` (user unknown or password wrong), `spnego.clock-skew`, `spnego.weak` or `spnego.kdc`.
 */
export async function obtainTicketGrantingTicket(access: KdcAccess, logon: PasswordLogon): Promise<ServiceTicket> {
  const client = typeof logon.client === 'string' ? [logon.client] : logon.client;
  const nonce = nonceOf(access);
  const body = encodeRequestBody({
    options: kdcOption.forwardable | kdcOption.canonicalize,
    client,
    realm: logon.realm,
    service: ['krbtgt', logon.realm],
    till: access.now() + (logon.lifetimeMs ?? 36_000_000),
    nonce,
  });
  let bytes = await access.exchange(logon.realm, encodeKdcRequest(10, [], body));
  let made: { readonly type: EncryptionType; readonly key: Uint8Array } | null = null;
  if (isKrbError(bytes)) {
    const error = parseKrbError(bytes);
    if (error.code !== krbError.preauthRequired || !error.data) throw errorOfKrb(bytes, 'kdc');
    made = await passwordKey(logon, client, parseMethodData(error.data));
    const padata = [timestamp(access, made.type, made.key)];
    bytes = await access.exchange(logon.realm, encodeKdcRequest(10, padata, body));
    if (isKrbError(bytes)) throw errorOfKrb(bytes, 'kdc');
  }
  const reply = parseKdcReply(bytes, 11);
  if (made?.type.id !== reply.encrypted.encryptionType)
    made = await passwordKey(logon, client, reply.padata, reply.encrypted.encryptionType);
  const plain = made.type.use(made.key, usage.asReply).decrypt(reply.encrypted.cipher);
  made.key.fill(0);
  // Without pre-authentication the reply is the first thing that the password is tried on.
  if (!plain) throw new SpnegoError('spnego.refused', 'the password does not open the kdc’s reply');
  const ticket = ticketOf(reply, plain, nonce);
  if (ticket.service[0] !== 'krbtgt') throw kdcError(`the kdc gave a ticket for ${showName(ticket.service)}`);
  return ticket;
}

async function askOnce(access: KdcAccess, granting: ServiceTicket, service: PrincipalName): Promise<ServiceTicket> {
  const [kind, realm] = granting.service;
  if (kind !== 'krbtgt' || !realm) throw new RangeError(`${showName(granting.service)} is no ticket-granting ticket`);
  const type = encryptionType(granting.encryptionType);
  if (!type) throw new SpnegoError('spnego.weak', `a session key is of type ${granting.encryptionType}`);
  const nonce = nonceOf(access);
  const now = access.now();
  const options = (granting.flags & kdcOption.forwardable) | kdcOption.canonicalize;
  const body = encodeRequestBody({ options, client: null, realm, service, till: granting.endTime, nonce });
  const plain = encodeAuthenticator({
    clientRealm: granting.clientRealm,
    client: granting.client,
    checksum: { type: type.checksumType, value: type.use(granting.sessionKey, usage.tgsChecksum).checksum(body) },
    time: now,
    microseconds: Math.floor(now % 1000) * 1000,
    subkey: null,
    sequence: null,
  });
  const cipher = type.use(granting.sessionKey, usage.tgsAuthenticator).encrypt(plain, access.random(16));
  const value = encodeApRequest(0, granting.ticket, type.id, cipher);
  const bytes = await access.exchange(realm, encodeKdcRequest(12, [{ type: preauth.tgsRequest, value }], body));
  if (isKrbError(bytes)) throw errorOfKrb(bytes, 'kdc');
  const reply = parseKdcReply(bytes, 13);
  return ticketOf(reply, type.use(granting.sessionKey, usage.tgsReply).decrypt(reply.encrypted.cipher), nonce);
}

/**
 * Gets a ticket for a service (TGS exchange, RFC 4120 §3.3) such as `['HTTP', 'web.example.org']`, following referrals to
 * other realms (RFC 6806 §8). Throws as `obtainTicketGrantingTicket` does.
 */
export async function obtainServiceTicket(
  access: KdcAccess,
  granting: ServiceTicket,
  service: PrincipalName,
): Promise<ServiceTicket> {
  let at = granting;
  for (let hop = 0; hop <= mostReferrals; hop++) {
    const ticket = await askOnce(access, at, service);
    const referral =
      ticket.service[0] === 'krbtgt' && ticket.service.length === 2 && !sameName(ticket.service, service);
    if (!referral) return ticket;
    at = ticket;
  }
  throw kdcError(`the way to ${showName(service)} leads through more than ${mostReferrals} realms`);
}
