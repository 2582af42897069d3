import type { Collection } from '@atelier/domain/broker';
import type { BuiltIn } from '../broker-chain.ts';
import type { ChainPlugIn } from '../chain-plug-in.ts';
import { createDecision, type Decision, type DecisionInput } from '../decision.ts';

export const sampleCollection: Collection = {
  id: 'c1',
  name: 'office',
  description: '',
  kind: 'session-hosts',
  redirectMode: 'token',
  targetSignIn: 'same-password',
  loadBalancing: 'least-connections',
  pendingPenalty: 1,
  pendingSeconds: 30,
  startSeconds: 120,
  enabled: true,
};

let count = 0;

/** A decision for a user whom nobody knows yet. */
export const sampleDecision = (said: Partial<DecisionInput> = {}): Decision =>
  createDecision({
    request: {
      id: `r${++count}`,
      userId: 'u1',
      user: 'carol',
      domain: 'CORP',
      groupIds: [],
      collection: 'office',
      initialProgram: '',
      client: { name: 'laptop', address: '198.51.100.7', build: 1, tsvUrl: '', display: null },
      properties: {},
    },
    collection: sampleCollection,
    isFirstAssignment: false,
    sink: { report: () => undefined },
    signal: new AbortController().signal,
    liveSession: async () => null,
    ...said,
  });

/** A chain's last step that chooses h1. */
export const sampleBuiltIn = (said: Partial<BuiltIn> = {}): BuiltIn => ({
  name: 'atelier',
  getMostSuitableTarget: () => ({ targetName: 'h1', isNewConnection: true }),
  queryEnvironmentForTarget: (_, target) => ({ name: target.environment, serverWeight: 100, properties: {} }),
  prepareTargetForConnect: (_, target) => ({ targetName: target.name, endpoints: target.endpoints }),
  ...said,
});

/** A plug-in in process, as an administrator would have registered it. */
export const registered = (plugin: ChainPlugIn['plugin'], said: Partial<ChainPlugIn> = {}): ChainPlugIn => ({
  plugin,
  provider: plugin.name,
  priority: 0,
  collections: null,
  budgets: {},
  onFailure: 'continue',
  allowExternal: false,
  runs: 'in-process',
  isolation: null,
  ...said,
});
