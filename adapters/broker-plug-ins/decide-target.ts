import type { ExternalMachine, LoadBalanceResult, Session } from '@atelier/domain/broker';
import { SbError } from '@atelier/plugin-kit/broker';
import type { Claim, SessionDirectory } from '../session-directory/index.ts';
import type { BrokerChain } from './broker-chain.ts';
import { candidatePages } from './candidate-listing.ts';
import type { Decision } from './decision.ts';
import { isRefusal } from './directory-load-balancing.ts';

/** Where a connection goes. */
export type Decided =
  | { readonly kind: 'claim'; readonly claim: Claim }
  /** A machine that a plug-in named and that is no target of ours: nothing is claimed. */
  | { readonly kind: 'external'; readonly machine: ExternalMachine };

/** What of the directory deciding needs. */
export type DecidingDirectory = Pick<SessionDirectory, 'claimTarget' | 'releaseClaim' | 'targets' | 'liveSession'> &
  Partial<Pick<SessionDirectory, 'changedTargets'>>;

/** How often it is decided anew when the target was full or gone by the time it was claimed. */
const mostAttempts = 5;

/** Has the filters look at all candidates, page by page. The target of the user's own session is none: a filter does not end sessions. */
async function filterAll(
  chain: BrokerChain,
  directory: DecidingDirectory,
  decision: Decision,
  live: Session | null,
): Promise<void> {
  const { collection, trace } = decision;
  const pages = await candidatePages(directory, collection.name);
  await chain.filterTargets(decision, pages, live?.target);
  trace.candidates(pages.reduce((count, page) => count + page.length, 0));
}

/**
 * Gives up what the broker's own step claimed, unless it is what was chosen, or was there before: that may be the place of another connection of the
 * user's. Gives what is kept.
 */
async function releaseOwn(
  directory: DecidingDirectory,
  { state }: Decision,
  chosen: LoadBalanceResult | null,
  live: Session | null,
): Promise<Claim | null> {
  const own = await state.claiming?.catch(() => null);
  state.claiming = null;
  if (!own || isRefusal(own)) return null;
  if (chosen !== null && !chosen.external && own.target.name === chosen.targetName) return own;
  if (own.session.id === live?.id) return chosen?.external ? null : own;
  if (own.result.isNewConnection) await directory.releaseClaim(own.session.id, 'cancelled');
  return null;
}

const tellOwn = ({ trace }: Decision, detail: string): void =>
  trace.step({ stage: 'load-balancing', by: 'atelier', outcome: 'kept', detail }, trace.elapsed());

/**
 * Decides where a connection goes and claims the place: filters, the chain's load balancing, the directory. Rejects with an `SbError` whose code the
 * client is shown; nothing stays claimed then. The chain's own step is `directoryLoadBalancing`.
 */
export async function decideTarget(
  chain: BrokerChain,
  directory: DecidingDirectory,
  decision: Decision,
): Promise<Decided> {
  const { connection, collection, state, trace } = decision;
  await chain.awaitRequired(decision);
  const filters = chain.takesPart('filter', collection.name);
  // Without plug-ins the directory alone decides, in one go.
  const live =
    filters || chain.takesPart('load-balancing', collection.name)
      ? await directory.liveSession(collection.id, connection.userId)
      : null;
  if (filters) await filterAll(chain, directory, decision, live);
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    let result: LoadBalanceResult;
    try {
      result = await chain.getMostSuitableTarget(decision);
    } catch (error) {
      await releaseOwn(directory, decision, null, live);
      throw error;
    }
    const own = await releaseOwn(directory, decision, result, live);
    if (result.external) return { kind: 'external', machine: result.external };
    const begunAt = trace.elapsed();
    if (own) {
      if (own.target.name !== result.targetName) tellOwn(decision, `the user's session on ${own.target.name}`);
      state.loadBalanceResult = own.result;
      return { kind: 'claim', claim: own };
    }
    const claim = await directory.claimTarget(connection, collection, result);
    const tell = (outcome: string, detail: string): void =>
      trace.step({ stage: 'load-balancing', by: 'atelier', outcome, detail }, begunAt);
    if (!isRefusal(claim)) {
      if (claim.target.name === result.targetName) tell('claimed', result.targetName);
      else tellOwn(decision, `the user's session on ${claim.target.name}`);
      state.loadBalanceResult = claim.result;
      return { kind: 'claim', claim };
    }
    tell('refused', `${result.targetName}: ${claim.kind === 'no-target' ? 'none' : claim.why}`);
    state.not.add(result.targetName);
  }
  throw new SbError('no-target', `no target could be claimed in ${mostAttempts} attempts`);
}
