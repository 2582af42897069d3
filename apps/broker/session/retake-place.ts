import { newId } from '@atelier/adapters/postgres';
import type { Claim, RoutingTokenGrant } from '@atelier/adapters/session-directory';
import type { Collection, ConnectionRequest, Session } from '@atelier/domain/broker';
import { isSbError } from '@atelier/plugin-kit/broker';
import { decidePlace } from '../decision/decide-place.ts';
import { comesBack } from '../decision/redirection-to.ts';
import type { OpenedConnection } from '../listener/listener.ts';
import { disown, own } from '../wire.ts';
import type { ClientTools, ComesAgain } from './client-context.ts';
import { words } from './words.ts';

/** Clients wait nine seconds for the first answer. What is not decided by then is shown to them. */
const decidedMs = 2000;

/**
 * A new place for a client whose session was lost with its target, and that holds the token of that session: this very connection can be relayed there,
 * which spares the client a sign-in here, a redirection and two connections. The token leads there from now on. Null, and nothing is taken, when the client
 * has to sign in here all the same: it needs what only a redirection brings, there is no place that is ready, or its person may not have one.
 */
export async function retakePlace(
  tools: ClientTools,
  connection: OpenedConnection,
  token: string,
  { grant, not }: ComesAgain,
): Promise<RoutingTokenGrant | null> {
  const { directory, log } = tools.parts;
  const { wire, place } = connection;
  const { userId } = grant.session;
  if (userId === '' || !isRelayedAsItIs(grant.collection) || !place.advance('sign-in')) return null;
  const [{ groupIds, collections }, lost] = await Promise.all([
    directory.rightsOf(userId),
    directory.session(grant.session.id),
  ]);
  const collection = collections.find(({ name }) => name === grant.collection.name);
  if (!lost || !collection || !comesBack(collection) || !isRelayedAsItIs(collection)) return null;
  // What its person has by now is where they belong, be it where the lost one was: only this one may be left.
  const live = await directory.liveSession(collection.id, userId);
  const theirs = live && live.id !== lost.id ? live.target : null;
  const request = requestOf(connection, lost, collection, groupIds);
  const gone = new AbortController();
  const onGone = () => gone.abort(new Error('the client hung up'));
  if (wire.destroyed) onGone();
  own(wire, { data: () => {}, ended: () => {}, closed: onGone });
  const making = decidePlace(
    { directory, chain: tools.chain, unanswered: tools.unanswered, silent: () => tools.looks.silent() },
    {
      request,
      collection,
      signal: AbortSignal.any([gone.signal, AbortSignal.timeout(decidedMs)]),
      not: not.filter((name) => name !== theirs),
      onlyReady: true,
      sink: { report: () => {} },
    },
  );
  const { trace } = making.decision;
  trace.step({ stage: 'sign-in', by: 'atelier', outcome: 'passed', detail: words.byToken(lost.target) }, 0);
  try {
    const decided = await making.place;
    if (decided.kind !== 'target') return null;
    const { claim } = decided;
    if (!(await takes(tools, connection, token, lost, claim))) return null;
    const detail = words.retaken(lost.target, claim.target.name);
    trace.step({ stage: 'relay', by: 'atelier', outcome: 'passed', detail }, trace.elapsed());
    directory
      .recordConnection({
        id: request.id,
        request,
        outcome: 'redirected',
        sessionId: claim.session.id,
        failure: null,
        trace: trace.finish(claim.target.name),
      })
      .catch((error: unknown) => log.warn({ err: error, session: lost.id }, 'a connection could not be recorded'));
    return grantOf(grant, claim);
  } catch (error) {
    // Why there is no place is told to the client, and recorded, by whoever has it sign in.
    if (!isSbError(error)) throw error;
    log.debug({ err: error, session: lost.id }, 'no place for a client that came back at once');
    return null;
  } finally {
    disown(wire);
  }
}

/** Whether its clients can be relayed to a target without having been told of it: they sign in there with what they have. */
const isRelayedAsItIs = ({ targetSignIn }: Pick<Collection, 'targetSignIn'>): boolean =>
  targetSignIn === 'same-password';

/** Has the token lead to the place; gives the place up when that cannot be. */
async function takes(
  { parts: { directory } }: ClientTools,
  { wire, address }: OpenedConnection,
  token: string,
  lost: Session,
  claim: Claim,
): Promise<boolean> {
  let taken = false;
  try {
    taken = !wire.destroyed && (await directory.rebindToken(token, address, lost.id, claim));
    return taken;
  } finally {
    if (!taken && claim.result.isNewConnection) await directory.releaseClaim(claim.session.id, 'failed');
  }
}

const grantOf = (grant: RoutingTokenGrant, { session, target }: Claim): RoutingTokenGrant => ({
  ...grant,
  session,
  target,
  lost: null,
});

/** Its Client Info lies behind the target's TLS: what the lost session's client told is taken for it. */
const requestOf = (
  { address }: OpenedConnection,
  lost: Session,
  collection: Collection,
  groupIds: readonly string[],
): ConnectionRequest => ({
  id: newId(),
  userId: lost.userId,
  user: lost.user,
  domain: lost.domain,
  groupIds,
  collection: collection.name,
  initialProgram: lost.initialProgram,
  client: { name: lost.clientName, address, build: 0, tsvUrl: '', display: lost.clientDisplay },
  properties: {},
});
