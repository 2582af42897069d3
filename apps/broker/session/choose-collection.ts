import type { SessionDirectory } from '@atelier/adapters/session-directory';
import type { BrokerFailureCode, Collection } from '@atelier/domain/broker';
import { tokenText } from '@atelier/rdp';
import { wantedCollection } from '../decision/wanted-collection.ts';
import type { ClientTools, KnownClient } from './client-context.ts';
import { LobbyScreen } from './lobby-screen.ts';
import type { SignedIn } from './sign-in-client.ts';
import { choiceView } from './words.ts';

/** Collections that are looked at for a session of the user who named none. */
const mostLookedAt = 20;

/** The collection, with the lobby if the user was asked there; why there is none; or that the user closed the list. */
export type Choice =
  | { readonly kind: 'chosen'; readonly collection: Collection; readonly screen: LobbyScreen | null }
  | { readonly kind: 'none'; readonly code: BrokerFailureCode; readonly why: string }
  | { readonly kind: 'cancelled' };

/** The one that the client, its ticket or its token names; else the only one; else the one that the user takes from a list. */
export async function chooseCollection(
  tools: ClientTools,
  client: KnownClient,
  { signedIn, screen }: { readonly signedIn: SignedIn; readonly screen: LobbyScreen | null },
  allowed: readonly Collection[],
): Promise<Choice> {
  const named = signedIn.ticket?.collection ?? client.again?.grant.collection.name;
  const { opening } = client.connection;
  const { routingToken } = opening.request;
  const wanted =
    named === undefined || named === null
      ? wantedCollection(
          {
            loadBalanceInfo: routingToken ? tokenText(routingToken) : null,
            preconnectionBlob: opening.preconnection?.blob ?? null,
          },
          allowed,
        )
      : { name: named, collection: allowed.find((one) => one.name === named) ?? null };
  if (wanted) {
    if (wanted.collection) return { kind: 'chosen', collection: wanted.collection, screen };
    return { kind: 'none', code: 'access-denied', why: `the user may not use the collection ${wanted.name}` };
  }
  if (allowed.length > 1) return await ask(tools, client, { signedIn, screen }, allowed);
  const [only] = allowed;
  if (only) return { kind: 'chosen', collection: only, screen };
  return { kind: 'none', code: 'no-target', why: 'the user may use no collection' };
}

/** Marks the collections that have a session of the user's, and begins at the first of them. */
async function ask(
  { parts, limits }: ClientTools,
  { channel, data, info }: KnownClient,
  given: { readonly signedIn: SignedIn; readonly screen: LobbyScreen | null },
  allowed: readonly Collection[],
): Promise<Choice> {
  const signal = AbortSignal.timeout(limits.formMs);
  const [screen, live] = await Promise.all([
    given.screen ?? LobbyScreen.open(channel, data, info.userName, signal),
    liveIn(parts.directory, given.signedIn.user.id, allowed),
  ]);
  screen.show(choiceView(allowed.map(({ name, id }) => ({ name, live: live.has(id) }))));
  const said = await screen.decision(signal);
  const collection = said.kind === 'choose' ? allowed[said.option] : undefined;
  return collection ? { kind: 'chosen', collection, screen } : { kind: 'cancelled' };
}

async function liveIn(
  directory: SessionDirectory,
  userId: string,
  allowed: readonly Collection[],
): Promise<ReadonlySet<string>> {
  const live = await Promise.all(
    allowed.slice(0, mostLookedAt).map(async ({ id }) => ((await directory.liveSession(id, userId)) ? [id] : [])),
  );
  return new Set(live.flat());
}
