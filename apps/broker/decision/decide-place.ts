import {
  type BrokerChain,
  createDecision,
  type Decided,
  type Decision,
  decideTarget,
} from '@atelier/adapters/broker-plug-ins';
import type { Claim, SessionDirectory } from '@atelier/adapters/session-directory';
import {
  type Collection,
  type ConnectionChange,
  type ConnectionRequest,
  type ExternalMachine,
  isReady,
  type Target,
} from '@atelier/domain/broker';
import { isSbError, type NotifySink, SbError } from '@atelier/plugin-kit/broker';

/** Where a connection goes: to a target that is ready, its place taken, or to a machine that is no target. */
export type DecidedPlace =
  | { readonly kind: 'target'; readonly claim: Claim }
  | { readonly kind: 'external'; readonly machine: ExternalMachine };

/** A decision under way or over; its trace can be had at any time. */
export interface PlaceDecision {
  readonly place: Promise<DecidedPlace>;
  readonly decision: Decision;
}

/** What deciding needs. */
export interface DecidingParts {
  readonly directory: SessionDirectory;
  readonly chain: BrokerChain;
  /** Why a target that should be running does not answer; null when it does, or did a moment ago and the session is a new one. */
  readonly unanswered: (target: Target, isNew: boolean, signal: AbortSignal) => Promise<string | null>;
  /** Names of targets that did not answer within the last seconds. */
  readonly silent: () => readonly string[];
}

/**
 * Decides where a user goes in a collection, and has the target made ready. Rejects with an `SbError`; nothing stays claimed then.
 * `signal` aborts when the user cancels or goes away. `not`: targets that did not answer. `onlyReady`: rejects when the target would have to be made
 * ready, or a plug-in be asked to: nobody is shown meanwhile that it takes time. It also rejects rather than leave a session that is there.
 */
export function decidePlace(
  parts: DecidingParts,
  given: {
    readonly request: ConnectionRequest;
    readonly collection: Collection;
    readonly sink: NotifySink;
    readonly signal: AbortSignal;
    readonly not: readonly string[];
    readonly onlyReady?: boolean;
  },
): PlaceDecision {
  const { directory } = parts;
  const { collection, request } = given;
  const starting = AbortSignal.timeout(collection.startSeconds * 1000);
  const decision = createDecision({
    request,
    collection,
    isFirstAssignment: collection.kind.startsWith('personal'),
    sink: given.sink,
    signal: AbortSignal.any([given.signal, starting]),
    liveSession: () => directory.liveSession(collection.id, request.userId),
    not: given.not,
  });
  const tellBound = (error: unknown): never => {
    if (starting.aborted && !given.signal.aborted)
      throw new SbError('vm-boot-timeout', `the target was not ready within ${collection.startSeconds} s`, {
        cause: error,
      });
    if (given.signal.aborted && !isSbError(error))
      throw new SbError('cancelled', 'the user cancelled', { cause: error });
    throw error;
  };
  const tell: Tell = (change) => parts.chain.notify.notifyClientConnectionStateChange(change, request);
  tell('pending');
  const place = decideAndPrepare(parts, decision, tell, given.onlyReady ?? false).catch(tellBound);
  place.then(
    () => tell('succeeded'),
    (error: unknown) => tell(changeOf(error)),
  );
  return { decision, place };
}

/** Tells plug-ins how far the connection is. */
type Tell = (change: ConnectionChange) => void;

/** How an attempt that came to nothing is told to plug-ins. */
function changeOf(error: unknown): ConnectionChange {
  if (!isSbError(error)) return 'failed';
  if (error.code === 'cancelled') return 'cancelled';
  return error.code === 'vm-boot-timeout' ? 'timed-out' : 'failed';
}

/** So many targets that do not answer are passed over for one client. */
const mostSilent = 3;

async function decideAndPrepare(
  parts: DecidingParts,
  decision: Decision,
  tell: Tell,
  onlyReady: boolean,
): Promise<DecidedPlace> {
  const { directory, chain } = parts;
  let silent: Claim | null = null;
  const avoided = await avoidSilent(parts, decision);
  for (let attempt = 0; ; attempt++) {
    const decided = await decideTarget(chain, directory, decision).catch((error: unknown): Decided | null => {
      if (!isSbError(error) || error.code !== 'no-target') throw error;
      // There is no other one: the session that is there is tried all the same, with the time that live sessions get.
      if (silent) return { kind: 'claim', claim: silent };
      if (avoided.size === 0) throw error;
      for (const name of avoided) decision.state.not.delete(name);
      avoided.clear();
      return null;
    });
    if (decided === null) continue;
    if (decided.kind === 'external') return decided;
    const { claim } = decided;
    const tryIt = attempt < mostSilent && claim !== silent;
    const why = tryIt ? await whySilent(parts, decision, claim) : null;
    if (why === null) {
      tell('lb-completed');
      return await prepare(parts, decision, claim, tell, onlyReady);
    }
    if (onlyReady && !claim.result.isNewConnection) throw new SbError('no-target', why);
    silent = claim;
    decision.state.not.add(claim.target.name);
  }
}

/** Passes over targets that did not answer lately, but for the one that has the user's session: that one is looked at. Gives their names. */
async function avoidSilent({ directory, silent }: DecidingParts, { connection, collection, state }: Decision) {
  const names = new Set(silent().filter((name) => !state.not.has(name)));
  if (names.size === 0) return names;
  const live = await directory.liveSession(collection.id, connection.userId);
  if (live) names.delete(live.target);
  for (const name of names) state.not.add(name);
  return names;
}

/** A target is looked at before somebody is sent to it: that it hangs is then found out without another round of the client, and while its user sees what goes on. */
async function whySilent(
  { unanswered }: DecidingParts,
  { connection, trace, sink }: Decision,
  { result, target }: Claim,
): Promise<string | null> {
  if (!isReady(target.state)) return null;
  const begunAt = trace.elapsed();
  const why = await unanswered(target, result.isNewConnection, connection.signal);
  if (why === null) return null;
  trace.step({ stage: 'relay', by: 'atelier', outcome: 'failed', detail: why }, begunAt);
  sink.report('finding-destination', `${target.name} does not answer; finding another one`);
  return why;
}

async function prepare(
  { directory, chain }: DecidingParts,
  decision: Decision,
  claim: Claim,
  tell: Tell,
  onlyReady: boolean,
): Promise<DecidedPlace> {
  const { connection, collection } = decision;
  const asks = chain.takesPart('placement', collection.name) || chain.takesPart('orchestration', collection.name);
  if (isReady(claim.target.state) && !asks) return { kind: 'target', claim };
  try {
    if (onlyReady) throw new SbError('no-target', `the target ${claim.target.name} has to be made ready first`);
    await chain.queryEnvironmentForTarget(decision, claim.target);
    tell('query-placement-completed');
    const { endpoints } = await chain.prepareTargetForConnect(decision, claim.target);
    if (connection.signal.aborted) throw new SbError('cancelled', 'the user cancelled');
    tell('orchestration-completed');
    const same = JSON.stringify(endpoints) === JSON.stringify(claim.target.endpoints);
    if (!same) await directory.setTargetEndpoints(claim.target.id, endpoints);
    const target: Target = { ...claim.target, endpoints, state: 'running' };
    return { kind: 'target', claim: { ...claim, target } };
  } catch (error) {
    await directory.releaseClaim(claim.session.id, connection.signal.aborted ? 'cancelled' : 'failed');
    throw error;
  }
}
