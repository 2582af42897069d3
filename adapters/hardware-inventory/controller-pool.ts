import type { IpmiTransport, SensorInventory } from '../bmc/index.ts';
import { readSensorInventory, sdrInfo } from '../bmc/index.ts';

/** A management controller that the provider knows: the machine's own, or one that was configured. */
export interface Controller {
  /** Key of everything that it has. */
  readonly name: string;
  /** `local`, or where it is on the network; never a secret. */
  readonly address: string;
  open(signal?: AbortSignal): Promise<IpmiTransport>;
}

/** Sessions with controllers, opened at the first use and kept while they are used. */
export interface ControllerPool {
  readonly controllers: () => readonly Controller[];
  /** Runs `work` with an open session. A session that failed is opened anew the next time. */
  use<T>(controller: Controller, work: (transport: IpmiTransport) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** The controller's sensors and parts, read again only when its repository changed. */
  sensors(controller: Controller, signal?: AbortSignal): Promise<SensorInventory>;
  close(): Promise<void>;
}

/** Controllers give up sessions after a minute of silence: we are before them. */
const idleTime = 45_000;

interface Held {
  transport: Promise<IpmiTransport>;
  idle: NodeJS.Timeout | null;
  users: number;
}

/** Makes a pool over controllers that may change at any time. */
export function createControllerPool(controllers: () => readonly Controller[]): ControllerPool {
  const sessions = new Map<string, Held>();
  const inventories = new Map<string, SensorInventory>();

  const forget = (name: string, held: Held) => {
    if (sessions.get(name) === held) sessions.delete(name);
    if (held.idle) clearTimeout(held.idle);
    return held.transport.then(
      (transport) => transport.close(),
      () => undefined,
    );
  };

  async function use<T>(
    controller: Controller,
    work: (transport: IpmiTransport) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const { name } = controller;
    // Not the caller's signal: others may wait for the same session, and every step of it has a time-out of its own.
    const held: Held = sessions.get(name) ?? { transport: controller.open(), idle: null, users: 0 };
    sessions.set(name, held);
    if (held.idle) clearTimeout(held.idle);
    held.idle = null;
    held.users += 1;
    try {
      signal?.throwIfAborted();
      return await work(await held.transport);
    } catch (error) {
      // A completion code is an answer; anything else says that the session is no longer good.
      if (!hasCompletion(error) && !signal?.aborted) void forget(name, held);
      throw error;
    } finally {
      held.users -= 1;
      if (held.users === 0 && sessions.get(name) === held)
        held.idle = setTimeout(() => void forget(name, held), idleTime).unref();
    }
  }

  return {
    controllers,
    use,
    sensors: (controller, signal) =>
      use(
        controller,
        async (transport) => {
          const kept = inventories.get(controller.name);
          if (kept) {
            const info = await sdrInfo(transport, signal);
            if (JSON.stringify(info) === JSON.stringify(kept.info)) return kept;
          }
          const inventory = await readSensorInventory(transport, signal);
          inventories.set(controller.name, inventory);
          return inventory;
        },
        signal,
      ),
    async close() {
      await Promise.all([...sessions].map(([name, held]) => forget(name, held)));
    },
  };
}

const hasCompletion = (error: unknown): boolean =>
  error instanceof Error && 'completionCode' in error && error.completionCode !== null;
