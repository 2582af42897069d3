import { type CimEngine, createCimEngine, PluginSet, type PluginState } from '@atelier/adapters/cim-engine';
import { trustedFolder } from '@atelier/adapters/plug-in-folder';
import type { CimProvider, ResourceProvider } from '@atelier/plugin-kit';

/** How long the agent's start waits for plug-ins; those that need longer come later. */
const startPatience = 3_000;

/** The CIM engine of an agent, whose plug-ins can be read again while it runs. */
export interface ReloadableEngine {
  readonly provider: ResourceProvider;
  /** Plug-ins with resources of their own; another array when they changed. */
  resourceProviders(): readonly ResourceProvider[];
  /** Reads the folder again: plug-ins are started anew; the machine's own classes, shells, and subscriptions to them go on. Never throws: see the states. */
  reload(): Promise<readonly PluginState[]>;
  states(): readonly PluginState[];
}

const none: readonly ResourceProvider[] = [];

/** Puts the classes of `own` and of the plug-ins in `folder` (null: none) behind one provider. `told` hears what became of the plug-ins after each reading. */
export function reloadableEngine(
  own: readonly CimProvider[],
  folder: string | null,
  told: (states: readonly PluginState[]) => Promise<void>,
): ReloadableEngine {
  let engine: CimEngine = createCimEngine(own);
  const plugins = folder === null ? null : new PluginSet(folder, { besides: own, accept: trustedFolder, changed });
  function changed(): void {
    engine = createCimEngine([...own, ...(plugins?.providers ?? [])]);
  }
  let stopped = false;
  const states = () => plugins?.states ?? [];
  const reload = async (): Promise<readonly PluginState[]> => {
    if (!plugins || stopped) return states();
    await plugins.reload();
    if (!stopped) await told(states());
    return states();
  };
  const machine = createCimEngine(own);
  const provider: ResourceProvider = {
    name: engine.name,
    resources: engine.resources,
    start: async () => {
      await machine.start();
      const { promise: enough, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, startPatience);
      await Promise.race([reload(), enough]).finally(() => clearTimeout(timer));
    },
    stop: async () => {
      stopped = true;
      await plugins?.stop();
      await machine.stop();
    },
    get: (...given) => engine.get(...given),
    put: (...given) => engine.put(...given),
    create: (...given) => engine.create(...given),
    delete: (...given) => engine.delete(...given),
    enumerate: (...given) => engine.enumerate(...given),
    invoke: (...given) => engine.invoke(...given),
    subscribe: (...given) => engine.subscribe(...given),
  };
  return { provider, resourceProviders: () => plugins?.resourceProviders ?? none, reload, states };
}
