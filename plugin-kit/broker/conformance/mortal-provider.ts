import type { Provider } from '../src/provider.ts';

/** Of what a plug-in may call, that which leaves something behind. */
const writes: { readonly [Group in keyof Provider]?: readonly (keyof Provider[Group])[] } = {
  resourceStore: [
    'addTarget',
    'saveTarget',
    'deleteTarget',
    'setTargetProperty',
    'setTargetState',
    'testAndSetServerState',
    'setServerDrainMode',
    'addEnvironment',
    'saveEnvironment',
    'removeEnvironment',
    'addSession',
    'setSessionState',
  ],
  filterPluginStore: ['saveProperties', 'deleteProperties'],
  services: ['power'],
};

/** A provider whose plug-in dies, as by kill -9. */
export interface MortalProvider {
  readonly provider: Provider;
  /** Resolves when it died: after that write, nothing that it asks is answered. */
  readonly died: Promise<void>;
  /** How much it wrote. */
  readonly written: number;
  /** Has it die now. */
  end(): void;
}

type AnyMethod = (...given: unknown[]) => unknown;

/** @param lives what it writes before it dies; Infinity: it does not die, and is counted only */
export function mortalProvider(provider: Provider, lives: number): MortalProvider {
  const { promise: died, resolve } = Promise.withResolvers<void>();
  let written = 0;
  let dead = lives <= 0;
  const never = () => new Promise<never>(() => undefined);
  const around = <Part extends object>(group: keyof Provider, part: Part): Part =>
    new Proxy(part, {
      get(target, name) {
        const method = Reflect.get(target, name) as unknown;
        if (typeof method !== 'function') return method;
        return (...given: unknown[]) => {
          if (dead) return never();
          const said = (method as AnyMethod).apply(target, given);
          if (!(writes[group] as readonly unknown[] | undefined)?.includes(name)) return said;
          return (async () => {
            const value = await said;
            written += 1;
            if (written < lives && !dead) return value;
            dead = true;
            resolve();
            return await never();
          })();
        };
      },
    });
  return {
    provider: {
      ...provider,
      resourceStore: around('resourceStore', provider.resourceStore),
      filterPluginStore: around('filterPluginStore', provider.filterPluginStore),
      services: around('services', provider.services),
    },
    died,
    get written() {
      return written;
    },
    end: () => {
      dead = true;
    },
  };
}
