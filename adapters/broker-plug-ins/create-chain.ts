import type { LoadBalanceResult, Target } from '@atelier/domain/broker';
import type { Environment, PreparedTarget, Stage } from '@atelier/plugin-kit/broker';
import type { BrokerChain, BuiltIn } from './broker-chain.ts';
import { ChainEntry } from './chain-entry.ts';
import type { ChainPlugIn } from './chain-plug-in.ts';
import { checkEnvironment, checkLoadBalanceResult, checkPrepared } from './check-result.ts';
import type { BreakerLimits } from './circuit-breaker.ts';
import { filterThrough } from './filter-through.ts';
import { notifier } from './notifier.ts';
import { awaitRequired } from './required-plug-ins.ts';
import { runStage } from './run-stage.ts';

export interface ChainOptions {
  readonly plugIns: readonly ChainPlugIn[];
  readonly builtIn: BuiltIn;
  /** Looks a target up that a plug-in named. */
  readonly findTarget: (name: string) => Promise<Target | null>;
  readonly breaker?: BreakerLimits;
  /** Milliseconds since 1970, for suspensions. */
  readonly now?: () => number;
}

const byPriority = (a: ChainPlugIn, b: ChainPlugIn): number =>
  b.priority - a.priority || (a.plugin.name < b.plugin.name ? -1 : 1);

const tellResult = (result: LoadBalanceResult): string => {
  if (result.external) return `${result.external.fqdn}, which is no target`;
  return `${result.targetName}, ${result.isNewConnection ? 'a new session' : 'the session that is there'}`;
};
const tellPrepared = ({ targetName, endpoints }: PreparedTarget): string =>
  `${targetName} at ${endpoints.map((one) => `${one.address}:${one.port}`).join(', ')}`;

const nobodyBelow = (): Promise<never> => Promise.reject(new Error('the broker itself is the last of the chain'));

/** Puts plug-ins into a chain, the one of highest priority first, the broker's own steps last. Throws when two have the same name. */
export function createChain(options: ChainOptions): BrokerChain {
  const { builtIn, findTarget } = options;
  const entries = options.plugIns
    .toSorted(byPriority)
    .map((plugIn) => new ChainEntry(plugIn, options.breaker, options.now));
  const names = entries.map((one) => one.plugIn.plugin.name);
  const twice = names.find((name, at) => name === builtIn.name || names.indexOf(name) !== at);
  if (twice !== undefined) throw new Error(`two plug-ins have the name ${twice}: rename one of them`);
  const who = (stage: Stage, collection: string): readonly ChainEntry[] =>
    entries.length === 0 ? entries : entries.filter((one) => one.takesPart(stage, collection));
  const builtInName = builtIn.name;

  return {
    awaitRequired: (decision) => awaitRequired(entries, decision),
    takesPart: (stage, collection) => who(stage, collection).length > 0,

    filterTargets: (decision, pages, except) =>
      filterThrough(who('filter', decision.connection.collection), decision, pages, except),

    async getMostSuitableTarget(decision) {
      const { sink, state, connection } = decision;
      const result = await runStage<LoadBalanceResult>(
        {
          stage: 'load-balancing',
          decision,
          tell: tellResult,
          builtInName,
          plugIn: ({ plugIn }) => {
            let below: LoadBalanceResult | null = null;
            return {
              call: (given, next) =>
                plugIn.plugin.getMostSuitableTarget?.(given, sink, async () => {
                  below = await next();
                  return below;
                }),
              // What those below chose has been looked at already.
              check: (value) =>
                value === below
                  ? (value as LoadBalanceResult)
                  : checkLoadBalanceResult(value, decision, plugIn, findTarget),
            };
          },
          builtIn: () => builtIn.getMostSuitableTarget(connection, sink, nobodyBelow),
        },
        who('load-balancing', connection.collection),
      );
      state.loadBalanceResult = result;
      return result;
    },

    async queryEnvironmentForTarget(decision, target) {
      const { sink, state, connection } = decision;
      const environment = await runStage<Environment>(
        {
          stage: 'placement',
          decision,
          tell: ({ name }) => (name === '' ? 'none' : name),
          builtInName,
          plugIn: ({ plugIn }) => ({
            call: (given, next) => plugIn.plugin.queryEnvironmentForTarget?.(given, target, sink, next),
            check: checkEnvironment,
          }),
          builtIn: () => builtIn.queryEnvironmentForTarget(connection, target, sink, nobodyBelow),
        },
        who('placement', connection.collection),
      );
      state.environment = environment.name;
      return environment;
    },

    prepareTargetForConnect: (decision, target) => {
      const { sink, connection } = decision;
      return runStage<PreparedTarget>(
        {
          stage: 'orchestration',
          decision,
          tell: tellPrepared,
          builtInName,
          plugIn: ({ plugIn }) => ({
            call: (given, next) => plugIn.plugin.prepareTargetForConnect?.(given, target, sink, next),
            check: (value) => checkPrepared(value, target),
          }),
          builtIn: () => builtIn.prepareTargetForConnect(connection, target, sink, nobodyBelow),
        },
        who('orchestration', connection.collection),
      );
    },

    working: (kind) => entries.flatMap((one) => one.working(kind) ?? []),
    notify: notifier(entries),
    isTold: (what) => entries.some(({ plugIn }) => typeof plugIn.plugin[what] === 'function'),
    statuses: () => entries.map((one) => one.status()),
    reset(name) {
      const entry = entries.find((one) => one.plugIn.plugin.name === name);
      entry?.breaker.reset();
      entry?.plugIn.isolation?.reset();
      return entry !== undefined;
    },
    async stop() {
      await Promise.all(entries.map((one) => one.stop()));
    },
  };
}
