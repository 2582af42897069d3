import { randomUUID } from 'node:crypto';
import type { DatabaseHandle } from '@atelier/adapters/postgres';
import { sql } from 'kysely';
import type { Lease, SessionDirectory } from './session-directory.ts';

/** Leases of one process. Time is the database's; a holder that cannot reach it gives up by its own clock before the lease ends there. */
export function leases({ db }: DatabaseHandle): Pick<SessionDirectory, 'lease'> {
  const until = (ttlMs: number) => sql<Date>`clock_timestamp() + ${ttlMs} * interval '1 millisecond'`;
  return {
    async lease(name, ttlMs) {
      const holder = randomUUID();
      let askedAt = performance.now();
      const { rows } = await sql<{ fence: number }>`
        insert into broker_lease as held (name, holder, until) values (${name}, ${holder}, ${until(ttlMs)})
            on conflict (name) do update
           set holder = excluded.holder, fence = excluded.fence, until = excluded.until
         where held.until <= clock_timestamp()
        returning fence`.execute(db);
      if (rows.length === 0) return null;
      const fence = Number(rows[0]!.fence);
      const lost = new AbortController();
      let over = false;
      let timer: NodeJS.Timeout | undefined;

      const stop = (reason?: Error) => {
        over = true;
        clearTimeout(timer);
        if (reason) lost.abort(reason);
      };
      const deadline = () => askedAt + ttlMs * 0.9 - performance.now();
      const renew = async () => {
        const asking = performance.now();
        const row = await db
          .updateTable('broker_lease')
          .set({ until: until(ttlMs) })
          .where('name', '=', name)
          .where('fence', '=', fence)
          .returning('name')
          .executeTakeFirst();
        if (!row) return stop(new Error(`the lease ${name} went to another holder`));
        askedAt = asking;
      };
      const next = () => {
        if (over) return;
        if (deadline() <= 0) return stop(new Error(`the lease ${name} could not be renewed in time`));
        timer = setTimeout(round, Math.max(1, Math.min(ttlMs / 3, deadline())));
        timer.unref();
      };
      const round = () => {
        // A database that does not answer must not keep a lease alive that others may have taken meanwhile.
        const giveUp = setTimeout(
          () => stop(new Error(`the lease ${name} could not be renewed in time`)),
          Math.max(0, deadline()),
        );
        giveUp.unref();
        renew()
          .catch(() => undefined)
          .finally(() => {
            clearTimeout(giveUp);
            next();
          });
      };
      next();
      return {
        name,
        fence,
        signal: lost.signal,
        async release() {
          stop();
          await db.deleteFrom('broker_lease').where('name', '=', name).where('fence', '=', fence).execute();
        },
      } satisfies Lease;
    },
  };
}
