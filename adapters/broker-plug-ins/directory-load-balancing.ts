import { SbError } from '@atelier/plugin-kit/broker';
import type { Claim, ClaimRefusal, SessionDirectory } from '../session-directory/index.ts';
import type { BuiltIn } from './broker-chain.ts';
import { decisionOf } from './decision.ts';

export const isRefusal = (claimed: Claim | ClaimRefusal): claimed is ClaimRefusal => 'kind' in claimed;

/** The broker's own load balancing: claims the user's session or the least loaded target, in one transaction of the directory. */
export const directoryLoadBalancing = (
  directory: Pick<SessionDirectory, 'claimLeastLoaded'>,
): Pick<BuiltIn, 'getMostSuitableTarget'> => ({
  async getMostSuitableTarget(connection) {
    const { state, collection } = decisionOf(connection);
    state.claiming = directory.claimLeastLoaded(connection, collection, { not: [...state.not] });
    const claim = await state.claiming;
    if (isRefusal(claim))
      throw new SbError('no-target', claim.kind === 'no-target' ? 'no target takes one more' : `refused: ${claim.why}`);
    return claim.result;
  },
});
