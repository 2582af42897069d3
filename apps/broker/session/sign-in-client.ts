import { AtelierError } from '@atelier/domain/errors';
import type { ClientInfo } from '@atelier/rdp';
import type { BrokerIdentity, SignedInUser, TicketHolder } from '../broker-parts.ts';
import { accountName } from '../sign-in/account-name.ts';
import type { NlaResult } from '../sign-in/nla.ts';
import type { ClientTools, KnownClient } from './client-context.ts';
import { LobbyScreen } from './lobby-screen.ts';
import { signInView, words } from './words.ts';

/** Who the client's user is, and what they signed in with. */
export interface SignedIn {
  readonly user: SignedInUser;
  readonly domain: string;
  readonly by: 'nla' | 'password' | 'ticket' | 'form' | 'return';
  /** What was typed in our form, which the client does not know; null when it knows. */
  readonly typed: { readonly password: string } | null;
  readonly ticket: TicketHolder | null;
}

/** Not signed in, with what to tell the user; '' when they were not asked yet. */
export interface NotSignedIn {
  readonly kind: 'refused';
  readonly why: string;
}

/** Checks what was given. Throws only when it could not be checked. */
export async function checkCredentials(
  identity: BrokerIdentity,
  given: {
    readonly user: string;
    readonly domain: string;
    readonly password: string;
    readonly by: 'password' | 'form';
  },
  from: { readonly ip: string; readonly correlationId: string },
): Promise<SignedIn | NotSignedIn> {
  const account = accountName(given.user, given.domain);
  const { password } = given;
  const ticket = (await identity.redeemTicket?.(account.user, password, from.ip)) ?? null;
  if (ticket) return { user: ticket, domain: account.domain, by: 'ticket', typed: null, ticket };
  try {
    const user = await identity.checkPassword(account.user, password, from);
    const typed = given.by === 'form' ? { password } : null;
    return { user, domain: account.domain, by: given.by, typed, ticket: null };
  } catch (error) {
    if (!(error instanceof AtelierError)) throw error;
    if (error.code === 'people.sign-in-failed') return { kind: 'refused', why: words.wrongPassword };
    if (error.code !== 'people.sign-in-backoff' && error.code !== 'request.too-many') throw error;
    return { kind: 'refused', why: words.wait(Number(error.extra?.retryAfterSeconds ?? 1)) };
  }
}

/** Signs in with what the client brought: NLA that is done, or what stands in its Client Info. */
export async function signInByClient(
  identity: BrokerIdentity,
  info: ClientInfo,
  nla: NlaResult | null,
  from: { readonly ip: string; readonly correlationId: string },
): Promise<SignedIn | NotSignedIn> {
  if (nla) {
    const { domain } = accountName(nla.credentials?.user ?? nla.user.name, nla.credentials?.domain);
    return { user: nla.user, domain, by: nla.ticket ? 'ticket' : 'nla', typed: null, ticket: nla.ticket };
  }
  if (info.userName === '' || info.password === '') return { kind: 'refused', why: '' };
  return await checkCredentials(
    identity,
    { user: info.userName, domain: info.domain, password: info.password, by: 'password' },
    from,
  );
}

/**
 * A client that was interrupted, or whose target died, brings what it has: the password for one use that it was let in with there, used up by now, and the
 * token of that session. Both together are proof enough, within the directory's grace: the broker gave the password to this client alone, signed for this
 * user and this target; the token is bound to the client's address, to a user who is not disabled, and to a session that is there or was lost without
 * the user's doing, and ends when the next one is used. Who reads along on the way learns the token, but not the password; a host that was broken into knows
 * both, but has another address; and neither lets anybody in by itself.
 */
function signInByGrant({ parts }: ClientTools, { again, info }: KnownClient): SignedIn | null {
  if (!again?.grant.interrupted) return null;
  const { session, target } = again.grant;
  const { user } = accountName(info.userName, info.domain);
  if (user.toLowerCase() !== session.user.toLowerCase()) return null;
  if (!parts.passwords.isOurs(info.password, session.user, target.id)) return null;
  return {
    user: { id: session.userId, name: session.user },
    domain: session.domain,
    by: 'return',
    typed: null,
    ticket: null,
  };
}

const mostTries = 5;

/** Learns who the client's user is; asks by the form in the lobby when the client brought nothing or the wrong thing. Null: gave up, told so. */
export async function signInClient(
  tools: ClientTools,
  client: KnownClient,
  nla: NlaResult | null,
): Promise<{ readonly signedIn: SignedIn; readonly screen: LobbyScreen | null } | null> {
  const { identity, notes } = tools.parts;
  const { channel, info, correlationId, connection } = client;
  const from = { ip: connection.address, correlationId };
  const accepted = (signedIn: SignedIn, screen: LobbyScreen | null) => {
    notes.signedIn({ user: signedIn.user.name, address: from.ip, by: signedIn.by, correlationId });
    tools.admission().clear(from.ip);
    return { signedIn, screen };
  };
  const refused = (user: string, why: string) =>
    notes.failed({ user, signedIn: false, address: from.ip, why, correlationId });

  const brought = signInByGrant(tools, client) ?? (await signInByClient(identity, info, nla, from));
  if (!('kind' in brought)) return accepted(brought, null);
  let { why } = brought;
  if (why !== '') refused(info.userName, why);
  const signal = AbortSignal.timeout(tools.limits.formMs);
  const screen = await LobbyScreen.open(channel, client.data, info.userName, signal);
  for (let tries = 0; tries < mostTries; tries++) {
    screen.show(signInView(why));
    const said = await screen.decision(signal);
    if (said.kind !== 'sign-in') return null;
    screen.show(signInView('', true));
    const checked = await checkCredentials(
      identity,
      { user: said.user, domain: info.domain, password: said.password, by: 'form' },
      from,
    );
    if (!('kind' in checked)) return accepted(checked, screen);
    ({ why } = checked);
    refused(said.user, why);
    screen.clearPassword();
  }
  await channel.end(channel.acceptor.fail('serverInsufficientPrivileges'));
  return null;
}
