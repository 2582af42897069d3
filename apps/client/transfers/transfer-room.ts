import type { MirrorSpeeds, PackCache, PeerAccess } from '@atelier/adapters/trim-client';
import type { LocalTransfers } from '@atelier/api';
import type { TransferPolicy } from '@atelier/domain/transfers';
import type { Log } from '../log/client-log.ts';
import type { DeviceApi } from '../server/device-api.ts';
import type { ClientDatabase } from '../state/client-database.ts';
import type { Identity } from '../state/identity-store.ts';
import { type Manners, openManners } from './manners.ts';
import { meteredLink } from './metered-link.ts';
import { ownNetworks } from './own-networks.ts';
import { passChecker } from './peer-pass.ts';
import { onBattery } from './power-supply.ts';
import { type AskRepository, reachRepository } from './repository-access.ts';
import { openSharing } from './sharing.ts';
import { openKnownOrders } from './transfer-orders.ts';

/** The computer's condition, otherwise than it is, for tests. */
export interface FakeConditions {
  readonly battery?: () => Promise<boolean>;
  readonly metered?: () => Promise<boolean | null>;
  readonly everyMs?: number;
}

export interface TransferRoomParts {
  readonly database: ClientDatabase;
  readonly packCache: string;
  readonly repository: AskRepository;
  /** The server and who we are there; throws while there is none. */
  readonly linked: () => { readonly api: DeviceApi; readonly identity: Identity };
  readonly onChange: () => void;
  readonly log: Log;
  readonly conditions?: FakeConditions;
}

/** Everything about transfers that concerns the whole computer: what the server says, manners, and what is given to others. */
export interface TransferRoom {
  policy(): TransferPolicy;
  readonly manners: Manners;
  readonly speeds: MirrorSpeeds;
  cache(): PackCache | undefined;
  peers(signal: AbortSignal): Promise<readonly PeerAccess[]>;
  /** Asks the server how to fetch, and says what is given to others here. Never throws. */
  sync(): Promise<void>;
  facts(): LocalTransfers;
  /** Begins with what was known when the client ran last. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Older than this, what the server said of peers is asked for again. */
const freshMs = 5 * 60_000;

export function openTransferRoom(parts: TransferRoomParts): TransferRoom {
  const { database, linked, log, conditions = {} } = parts;
  const orders = openKnownOrders(database);
  const { policy } = orders;
  const speeds: MirrorSpeeds = new Map();
  const manners = openManners({
    database,
    policy,
    battery: conditions.battery ?? (() => onBattery()),
    metered: conditions.metered ?? (() => meteredLink()),
    everyMs: conditions.everyMs,
  });
  const inBackground = () => manners.paceOf({ asked: 'policy', askedAt: Date.now(), bandwidthKiBps: 0 });
  const sharing = openSharing({
    folder: parts.packCache,
    policy,
    identity: () => linked().identity,
    mayRead: passChecker(() => linked().identity.policyKeys),
    open: () => {
      void manners.look();
      const { battery, metered } = manners.conditions;
      const { onBattery: saving, onMetered, metered: known } = policy();
      return !(battery && saving === 'pause') && !(onMetered === 'pause' && (metered === true || known === 'yes'));
    },
    access: (signal) => reachRepository(parts.repository, () => linked().identity, signal),
    speeds,
    log,
  });
  let syncedAt = Number.NEGATIVE_INFINITY;

  const announce = async (signal?: AbortSignal) => {
    const serving = sharing.serving();
    const { networks } = ownNetworks();
    orders.learn(await linked().api.transfers({ body: { networks, serving } }, { signal }));
    syncedAt = performance.now();
    await sharing.apply();
    return JSON.stringify(sharing.serving()) === JSON.stringify(serving);
  };
  const syncNow = async (signal?: AbortSignal) => {
    // what the answer had us begin or end is to be said as well
    if (!(await announce(signal))) await announce(signal);
    manners.reconsider();
    parts.onChange();
  };

  return {
    policy,
    manners,
    speeds,
    cache: sharing.cache,
    peers: async (signal) => {
      if (performance.now() - syncedAt > freshMs) await syncNow(signal).catch(() => undefined);
      const { ca, certificate, privateKey } = linked().identity;
      const pass = orders.pass();
      if (pass === null) return [];
      const tls = { ca, cert: certificate, key: privateKey };
      return orders.peers().flatMap(({ endpointId, urls }) => urls.map((url) => ({ url, endpointId, tls, pass })));
    },
    sync: async () => {
      await syncNow().catch((error) => log.info('the server did not say how to fetch', { error }));
    },
    facts: () => {
      const pace = inBackground();
      const { hold } = manners;
      return {
        hold: hold.anyway ? 'anyway' : hold.pausedAt === null ? 'none' : 'paused',
        background:
          pace.state === 'go'
            ? { state: 'go', because: null, until: null, bandwidthKiBps: pace.bandwidthKiBps }
            : {
                state: 'wait',
                because: pace.because,
                until: pace.until === null ? null : new Date(pace.until).toISOString(),
                bandwidthKiBps: 0,
              },
        onBattery: manners.conditions.battery,
        metered: manners.conditions.metered,
        sharing: sharing.facts(),
      };
    },
    start: async () => {
      await manners.look();
      if (policy().sharing.serve !== 'off') void sharing.apply();
    },
    stop: sharing.stop,
  };
}
