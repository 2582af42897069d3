import { setTimeout as pause } from 'node:timers/promises';
import type { BrokerFailureCode, Collection, ConnectionRequest, DecisionTrace } from '@atelier/domain/broker';
import { isSbError, SbError } from '@atelier/plugin-kit/broker';
import { type Redirection, tokenText } from '@atelier/rdp';
import { type DecidedPlace, decidePlace, type PlaceDecision } from '../decision/decide-place.ts';
import { errorInfoOf } from '../decision/error-info-of.ts';
import { comesBack, redirectionByToken, redirectionToTarget } from '../decision/redirection-to.ts';
import { collectionInTsvUrl } from '../decision/wanted-collection.ts';
import { chooseCollection } from './choose-collection.ts';
import type { ClientTools, KnownClient } from './client-context.ts';
import { LobbyScreen } from './lobby-screen.ts';
import type { SignedIn } from './sign-in-client.ts';
import { progressView, words } from './words.ts';

/** How often the picture moves. */
const tickMs = 250;
/** Clients hang up once they know where to go. */
const redirectedMs = 5000;

/** Decides where a signed-in user goes, shows the lobby while that takes time, and sends the client there, or tells why not. */
export async function takeToPlace(
  tools: ClientTools,
  client: KnownClient,
  given: { readonly signedIn: SignedIn; readonly screen: LobbyScreen | null },
): Promise<void> {
  const { directory, notes, log } = tools.parts;
  const { channel, connection, correlationId } = client;
  const { user } = given.signedIn;
  const tell = async (code: BrokerFailureCode, why: string) => {
    notes.failed({ user: user.name, signedIn: true, address: connection.address, why, correlationId });
    await channel.end(channel.acceptor.fail(errorInfoOf(code)));
  };
  const { groupIds, collections } = await directory.rightsOf(user.id);
  const choice = await chooseCollection(tools, client, given, collections);
  if (choice.kind === 'none') return await tell(choice.code, choice.why);
  if (choice.kind === 'cancelled') return;
  const { collection: chosen, screen } = choice;
  const request = requestOf(client, given.signedIn, chosen, groupIds);
  const cancelling = new AbortController();
  let status = '';
  const starts = Promise.withResolvers<null>();
  const making = decidePlace(
    { directory, chain: tools.chain, unanswered: tools.unanswered, silent: () => tools.looks.silent() },
    {
      request,
      collection: chosen,
      signal: AbortSignal.any([cancelling.signal, channel.gone]),
      not: client.again?.not ?? [],
      sink: {
        report: (what, text) => {
          status = text?.slice(0, 200) ?? status;
          if (what.startsWith('vm-')) starts.resolve(null);
        },
      },
    },
  );
  const { trace } = making.decision;
  if (given.signedIn.ticket && chosen.targetSignIn === 'same-password')
    trace.step({ stage: 'sign-in', by: 'atelier', outcome: 'passed', detail: words.targetAsks }, trace.elapsed());
  const record = (
    outcome: 'redirected' | 'failed' | 'cancelled' | 'timed-out',
    more: { sessionId?: string; failure?: string; trace: DecisionTrace },
  ) =>
    directory
      .recordConnection({
        id: request.id,
        request,
        outcome,
        sessionId: more.sessionId ?? null,
        failure: more.failure ?? null,
        trace: more.trace,
      })
      .catch((error: unknown) => log.warn({ err: error, correlationId }, 'a connection could not be recorded'));
  try {
    const place = await withLobby(tools, client, screen, making, {
      title: words.preparing(chosen.name),
      status: () => status || words.findingDesktop,
      starts: starts.promise,
      cancel: () => cancelling.abort(new Error('the user cancelled')),
    });
    const messages = channel.acceptor.redirect(await redirectionTo(tools, client, given.signedIn, chosen, place));
    const target = place.kind === 'target' ? place.claim.target.name : place.machine.fqdn;
    const sessionId = place.kind === 'target' ? place.claim.session.id : undefined;
    const gone = channel.end(messages, redirectedMs);
    await record('redirected', { sessionId, trace: making.decision.trace.finish(target) });
    await gone;
  } catch (error) {
    const code = isSbError(error)
      ? error.code
      : cancelling.signal.aborted || channel.gone.aborted
        ? 'cancelled'
        : 'loading-destination';
    const why = error instanceof Error ? error.message : String(error);
    if (!isSbError(error) && code !== 'cancelled') log.error({ err: error, correlationId }, 'a decision failed');
    const outcome = code === 'cancelled' ? 'cancelled' : code === 'vm-boot-timeout' ? 'timed-out' : 'failed';
    await Promise.all([
      record(outcome, { failure: code, trace: making.decision.trace.finish(null) }),
      // With the lobby open whatever fails also cancels what is under way: only who cancelled is told so.
      code === 'cancelled' && cancelling.signal.aborted
        ? channel.end(channel.acceptor.fail(errorInfoOf('cancelled')))
        : tell(code, why),
    ]);
  }
}

function requestOf(
  { connection, data, info, correlationId }: KnownClient,
  { user, domain }: SignedIn,
  collection: Collection,
  groupIds: readonly string[],
): ConnectionRequest {
  const { core } = data;
  const { routingToken } = connection.opening.request;
  const line = routingToken ? tokenText(routingToken) : null;
  return {
    id: correlationId,
    userId: user.id,
    user: user.name,
    domain,
    groupIds,
    collection: collection.name,
    initialProgram: info.alternateShell,
    client: {
      name: core.clientName,
      address: connection.address,
      build: core.clientBuild,
      tsvUrl: line !== null && collectionInTsvUrl(line) !== null ? line : '',
      display: { width: core.desktopWidth, height: core.desktopHeight, depth: core.colorDepth },
    },
    properties: {},
  };
}

/** Waits for the decision; opens the lobby when it takes longer than people wait before a black window. */
async function withLobby(
  { limits }: ClientTools,
  client: KnownClient,
  screen: LobbyScreen | null,
  making: PlaceDecision,
  shown: {
    readonly title: string;
    readonly status: () => string;
    /** Resolves when a machine is being started: that takes longer than anybody waits before a black window. */
    readonly starts: Promise<null>;
    readonly cancel: () => void;
  },
): Promise<DecidedPlace> {
  const { channel, data, info } = client;
  const soon = await Promise.race([making.place, pause(limits.lobbyAfterMs, null), shown.starts]);
  if (soon) return soon;
  const stop = new AbortController();
  let ticker: NodeJS.Timeout | undefined;
  // What becomes of the decision is waited for below, whatever happens here.
  making.place.catch(() => {});
  try {
    const lobby =
      screen ?? (await LobbyScreen.open(channel, data, info.userName, AbortSignal.timeout(limits.signInMs)));
    let tick = 0;
    const draw = () =>
      lobby.show(progressView({ title: shown.title, subtitle: '', status: shown.status(), tick: tick++ }));
    draw();
    ticker = setInterval(draw, tickMs);
    lobby.decision(stop.signal).then(
      () => shown.cancel(),
      () => {},
    );
    return await making.place;
  } catch (error) {
    shown.cancel();
    await making.place.then(
      () => {},
      () => {},
    );
    throw error;
  } finally {
    clearInterval(ticker);
    stop.abort();
  }
}

async function redirectionTo(
  { parts }: ClientTools,
  { channel, connection }: KnownClient,
  { user, domain, typed }: SignedIn,
  collection: Collection,
  place: DecidedPlace,
): Promise<Redirection> {
  const own = typed ? { user: user.name, domain, password: typed.password } : null;
  if (place.kind === 'external') {
    const { fqdn, endpoints } = place.machine;
    return redirectionToTarget({ fqdn, netbios: null, endpoints }, own);
  }
  const { claim } = place;
  const credentials =
    collection.targetSignIn === 'single-use-password'
      ? { user: user.name, domain: '', password: parts.passwords.make(user.name, claim.target.id) }
      : own;
  try {
    // Nobody would come with the token any more.
    if (channel.gone.aborted) throw new SbError('cancelled', 'the client hung up');
    if (!comesBack(collection)) return redirectionToTarget(claim.target, credentials);
    return redirectionByToken(await parts.directory.issueToken(claim, connection.address), credentials);
  } catch (error) {
    if (claim.result.isNewConnection) await parts.directory.releaseClaim(claim.session.id, 'failed');
    throw error;
  }
}
