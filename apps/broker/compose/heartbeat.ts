import { hostname } from 'node:os';
import { sql } from 'kysely';
import type { RegisteredPlugIns } from '../plug-ins/registered-plug-ins.ts';
import type { RunningBroker } from '../start-broker.ts';
import type { BrokerServices } from './broker-services.ts';

const everyMs = 10_000;
/** How often it is looked whether a plug-in's state is another one, which people want to see at once. */
const lookEveryMs = 500;

/** Tells the database that this broker is there, and how much it carries. */
export function startHeartbeat(
  { database: { db }, log, version }: Pick<BrokerServices, 'database' | 'log' | 'version'>,
  broker: Pick<RunningBroker, 'counts' | 'chain'>,
  plugIns: RegisteredPlugIns,
  { id, address }: { readonly id: string; readonly address: string },
): { stop(): Promise<void> } {
  const statesNow = () =>
    JSON.stringify([
      broker.chain.statuses().map((one) => [one.name, one.state, one.lastError?.message]),
      plugIns.problems().map((one) => [one.source, one.error.message]),
    ]);
  let shown = statesNow();
  const beat = async () => {
    const counts = JSON.stringify(broker.counts());
    await db
      .insertInto('broker_instance')
      .values({ id, name: hostname(), address, version, counts })
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet({ counts, heartbeat_at: sql<Date>`clock_timestamp()` }),
      )
      .execute();
    shown = statesNow();
    await plugIns.report(id, broker.chain);
  };
  let last: Promise<void> = Promise.resolve();
  const round = () => {
    last = last
      .then(beat)
      .catch((error: unknown) => log.warn({ err: error }, 'the broker could not tell the database that it is there'));
  };
  round();
  const timer = setInterval(round, everyMs);
  timer.unref();
  const looking = setInterval(() => {
    if (statesNow() !== shown) round();
  }, lookEveryMs);
  looking.unref();
  return {
    async stop() {
      clearInterval(timer);
      clearInterval(looking);
      await last;
      await db
        .deleteFrom('broker_instance')
        .where('id', '=', id)
        .execute()
        .catch(() => {});
    },
  };
}
