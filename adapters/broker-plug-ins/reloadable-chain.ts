import type { BrokerChain } from './broker-chain.ts';
import type { ChainPlugIn } from './chain-plug-in.ts';
import { type ChainOptions, createChain } from './create-chain.ts';

/** A chain whose plug-ins can be read again while the broker decides. */
export interface ReloadableChain extends BrokerChain {
  /** Starts the plug-ins anew and has new decisions asked of them; those that are replaced end when nobody waits for them any more. Calls run one after the other. */
  reload(): Promise<void>;
}

interface Generation {
  readonly chain: BrokerChain;
  busy: number;
  retired: boolean;
}

/** Begins with what `load` gives. When a later load fails, the plug-ins that run go on, and `reload` rejects. */
export async function reloadableChain(
  load: () => Promise<readonly ChainPlugIn[]>,
  options: Omit<ChainOptions, 'plugIns'>,
): Promise<ReloadableChain> {
  const generation = async (): Promise<Generation> => ({
    chain: createChain({ ...options, plugIns: await load() }),
    busy: 0,
    retired: false,
  });
  let current = await generation();
  let last: Promise<unknown> = Promise.resolve();
  const stopping = new Set<Promise<void>>();
  let stopped = false;

  const stopIfIdle = (one: Generation): void => {
    if (!one.retired || one.busy > 0) return;
    const stop = one.chain.stop().finally(() => stopping.delete(stop));
    stop.catch(() => undefined);
    stopping.add(stop);
  };
  /** Keeps a generation from being ended while it works. */
  async function hold<T>(work: (chain: BrokerChain) => Promise<T>): Promise<T> {
    const on = current;
    on.busy += 1;
    try {
      return await work(on.chain);
    } finally {
      on.busy -= 1;
      stopIfIdle(on);
    }
  }
  const reload = async (): Promise<void> => {
    if (stopped) return;
    const next = await generation();
    const before = current;
    current = next;
    before.retired = true;
    stopIfIdle(before);
  };
  return {
    awaitRequired: (decision) => hold((chain) => chain.awaitRequired(decision)),
    takesPart: (stage, collection) => current.chain.takesPart(stage, collection),
    filterTargets: (...given) => hold((chain) => chain.filterTargets(...given)),
    getMostSuitableTarget: (...given) => hold((chain) => chain.getMostSuitableTarget(...given)),
    queryEnvironmentForTarget: (...given) => hold((chain) => chain.queryEnvironmentForTarget(...given)),
    prepareTargetForConnect: (...given) => hold((chain) => chain.prepareTargetForConnect(...given)),
    working(kind) {
      const on = current;
      const holdOn = () => {
        on.busy += 1;
        let held = true;
        return () => {
          if (!held) return;
          held = false;
          on.busy -= 1;
          stopIfIdle(on);
        };
      };
      return on.chain.working(kind).map((one) => ({ ...one, hold: holdOn }));
    },
    notify: {
      notifySessionChange: (...given) => current.chain.notify.notifySessionChange(...given),
      notifyTargetChange: (...given) => current.chain.notify.notifyTargetChange(...given),
      notifyClientConnectionStateChange: (...given) => current.chain.notify.notifyClientConnectionStateChange(...given),
    },
    isTold: (what) => current.chain.isTold(what),
    statuses: () => current.chain.statuses(),
    reset: (name) => current.chain.reset(name),
    reload() {
      const turn = last.then(reload);
      last = turn.catch(() => undefined);
      return turn;
    },
    async stop() {
      stopped = true;
      await last;
      await current.chain.stop();
      await Promise.allSettled(stopping);
    },
  };
}
