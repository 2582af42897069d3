import type { Session, Target } from '@atelier/domain/broker';
import type {
  BrokerPlugin,
  ClientConnection,
  LoadBalanceResult,
  PolicyMachine,
  PolicyNotification,
  PolicyPlugin,
  PolicySession,
  Provider,
} from '@atelier/plugin-kit/broker';

// The values of policyNotification, externalRedirection and targetChange: a plug-in's thread loads this module and no more.
const removed = 1 satisfies PolicyNotification;
const changed = 2 satisfies PolicyNotification;
const added = 4 satisfies PolicyNotification;
const externalRedirection = 0x1;
const targetJoined = 0x8;
const targetRemoved = 0x10;

export interface PolicyRules {
  /** Milliseconds that the plug-in may take; one that is slower is not asked again, as one that fails. */
  readonly slowMs?: number;
}

/** A policy plug-in as a plug-in of the chain. */
export interface AdaptedPolicyPlugin extends BrokerPlugin {
  /** Why it is not asked any more; null while it is. */
  readonly silenced: string | null;
  /** As a restart of the service was: it is asked again. */
  reset(): void;
}

const machineOf = (target: Target): PolicyMachine => ({
  connectInfo: {
    fqdn: target.fqdn ?? '',
    netbios: target.netbios ?? '',
    addresses: target.endpoints.slice(0, 12),
  },
  farm: target.collection,
  internalAddress: target.endpoints[0] ?? null,
  maxSessionsLimit: target.maxSessions ?? 0xffff_ffff,
  serverWeight: target.weight,
  singleSessionMode: target.singleSession ? 1 : 2,
  inDrain: target.drain ? 2 : 1,
  machineState: target.state === 'running' ? 1 : 2,
});

const sessionOf = (session: Session): PolicySession => ({
  userName: session.user,
  domainName: session.domain,
  applicationType: session.initialProgram,
  sessionId: Number.parseInt(session.hostSessionId ?? '', 10) || 0,
  createTime: new Date(session.createdAt),
  disconnectTime: session.disconnectedAt === null ? null : new Date(session.disconnectedAt),
  sessionState: session.state === 'disconnected' ? 2 : 1,
});

/**
 * Runs a plug-in of the older shape (IWTSSBPlugin) unchanged, by the older rules: the broker decides first, and its machine goes in; the plug-in is asked
 * only when there is no session yet; the machine that comes out must be of the same farm; after the first failure or slow answer it is not asked any more
 * until it is reset. It is asked for a session elsewhere before all that, when bit 1 of its capabilities is set; its manifest must allow it to.
 */
export function fromPolicyPlugin(name: string, policy: PolicyPlugin, rules: PolicyRules = {}): AdaptedPolicyPlugin {
  const { slowMs = 500 } = rules;
  const ids = new Map<string, number>();
  const names = new Map<number, string>();
  let provider: Provider | null = null;
  let capabilities = 0;
  let silenced: string | null = null;

  const idOf = (target: string): number => {
    const known = ids.get(target);
    if (known !== undefined) return known;
    const id = ids.size + 1;
    ids.set(target, id);
    names.set(id, target);
    return id;
  };
  const silence = (why: string): void => {
    silenced = why;
    provider?.log('error', `is not asked any more until it is reset: ${why}`);
  };
  /** Gives undefined when it failed or was slow, after which nothing asks it again. */
  async function ask<T>(work: () => T | Promise<T>): Promise<T | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const slow = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`it took more than ${slowMs} ms`)), slowMs);
    });
    try {
      return await Promise.race([(async () => work())(), slow]);
    } catch (error) {
      silence((error as Error)?.message ?? String(error));
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }
  const tell = (work: () => void): void => {
    if (silenced !== null) return;
    try {
      work();
    } catch (error) {
      silence((error as Error)?.message ?? String(error));
    }
  };

  const tellMachine = (type: PolicyNotification, target: Target): void => {
    // It has a number also when nobody is told of it.
    const id = idOf(target.name);
    tell(() => policy.machineChangeNotification?.(type, id, machineOf(target)));
  };

  async function external(connection: ClientConnection): Promise<LoadBalanceResult | undefined> {
    const { user, domain, initialProgram, properties } = connection;
    const redirector = String(properties.CallingServerAddress ?? '');
    const found = await ask(() => policy.getUserExternalSession?.(user, domain, initialProgram, redirector) ?? null);
    if (!found) return undefined;
    const { fqdn, addresses } = found.connectInfo;
    return {
      targetName: '',
      isNewConnection: false,
      external: { fqdn, endpoints: addresses.slice(0, 12), hostSessionId: String(found.sessionId) },
    };
  }

  return {
    name,
    get silenced() {
      return silenced;
    },
    reset: () => {
      silenced = null;
    },
    async initialize(given) {
      provider = given;
      capabilities = await policy.initialize();
      for await (const target of given.globalStore.enumerateTargets()) tellMachine(added, target);
    },
    terminate: () => policy.terminated?.(),
    async getMostSuitableTarget(connection, _sink, next) {
      if (silenced === null && (capabilities & externalRedirection) !== 0) {
        const elsewhere = await external(connection);
        if (elsewhere) return elsewhere;
      }
      const own = await next();
      if (silenced !== null || !own.isNewConnection) return own;
      const { user, domain, initialProgram, collection } = connection;
      const id = await ask(() =>
        policy.getMostSuitableServer(user, domain, initialProgram, collection, idOf(own.targetName)),
      );
      if (id === undefined || id === ids.get(own.targetName)) return own;
      const chosen = names.get(id);
      const target = chosen === undefined ? null : await provider?.globalStore.queryTarget(chosen, collection);
      if (target) return { targetName: target.name, isNewConnection: true };
      silence(`machine ${String(id).slice(0, 20)} is not of the farm ${collection}`);
      return own;
    },
    notifyTargetChange: (bits, target) => {
      const type = (bits & targetRemoved) !== 0 ? removed : (bits & targetJoined) !== 0 ? added : changed;
      tellMachine(type, target);
    },
    notifySessionChange: (change, session) => {
      const over = change === 'logged-off' || change === 'orphaned';
      const type = over ? removed : change === 'connecting' ? added : changed;
      tell(() => policy.sessionChangeNotification?.(type, idOf(session.target), [sessionOf(session)]));
    },
  };
}
