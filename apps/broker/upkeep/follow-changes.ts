import type { Change, DatabaseHandle } from '@atelier/adapters/postgres';
import type { BrokerLog } from '../broker-parts.ts';
import type { RelayBook } from '../relay/relay-book.ts';

/**
 * Does here what was decided elsewhere: cuts relays whose session an administrator disconnected, and those to a target that another broker found dead, so
 * that their clients come back and are taken elsewhere.
 */
export function followChanges(
  { db, listenChanges }: Pick<DatabaseHandle, 'db' | 'listenChanges'>,
  book: RelayBook,
  log: BrokerLog,
  plugIns: {
    /** A registration changed; null: any may have. */
    readonly plugInChanged: (name: string | null) => Promise<void>;
    readonly tell: (change: Change) => void;
    /** Somebody asks whether an environment's machines can be switched. */
    readonly testEnvironment: (testId: string) => Promise<void>;
  },
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const session = async (id: string) => {
    const row = await db.selectFrom('broker_session').select('asked').where('id', '=', id).executeTakeFirst();
    if (row?.asked !== 'disconnect') return;
    await db.updateTable('broker_session').set({ asked: null }).where('id', '=', id).execute();
    book.cutSession(id);
  };
  const target = async (id: string) => {
    const row = await db.selectFrom('broker_target').select('state').where('id', '=', id).executeTakeFirst();
    if (!row || row.state === 'down') book.cutTarget(id);
  };
  const follow = async (change: Change) => {
    const { kind, id } = change;
    plugIns.tell(change);
    if (kind === 'session' && book.hasSession(id)) await session(id);
    else if (kind === 'target' && book.hasTarget(id)) await target(id);
    else if (kind === 'environment-test')
      // Takes its time, and nothing else waits for it.
      plugIns
        .testEnvironment(id)
        .catch((error: unknown) => log.warn({ err: error }, 'an environment could not be looked at'));
    else if (kind === 'broker-plugin') await plugIns.plugInChanged(id);
    else if (kind === 'everything') {
      for (const one of book.targetIds()) await target(one);
      await plugIns.plugInChanged(null);
    }
  };
  const run = async () => {
    for await (const change of listenChanges(stopping.signal)) {
      await follow(change).catch((error: unknown) =>
        log.warn({ err: error, change }, 'a change could not be followed'),
      );
    }
  };
  const done = run().catch((error: unknown) => {
    if (!stopping.signal.aborted) log.error({ err: error }, 'the broker does not hear of changes any more');
  });
  return {
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}
