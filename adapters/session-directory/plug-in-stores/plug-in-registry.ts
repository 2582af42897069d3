import type { DatabaseHandle } from '@atelier/adapters/postgres';
import { sql } from 'kysely';

/** What a manifest says of how a plug-in takes part. */
export interface PlugInRegistration {
  readonly name: string;
  /** The folder of its manifest. */
  readonly source: string;
  readonly provider: string;
  readonly priority: number;
  readonly enabled: boolean;
  /** Null: all. */
  readonly collections: readonly string[] | null;
  readonly budgets: Readonly<Record<string, number>>;
  readonly onFailure: 'continue' | 'fail-connection';
  readonly allowExternal: boolean;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A registration as it holds: the manifest's, or what a person said over it. */
export interface StoredRegistration extends PlugInRegistration {
  readonly overridden: boolean;
  /** Grows each time a person wants its failures forgotten. */
  readonly resets: number;
}

/** How a plug-in fares in a broker. */
export interface PlugInHealth {
  readonly name: string;
  readonly state: 'starting' | 'ready' | 'suspended' | 'restarting' | 'failed' | 'stopped';
  readonly failures: number;
  readonly calls: number;
  readonly timeOuts: number;
  readonly restarts: number;
  /** What it takes part in there: stages, `provisioning`, `task`, `notification`. */
  readonly offers: readonly string[];
  readonly suspendedUntil: Date | null;
  readonly lastError: { readonly at: Date; readonly message: string } | null;
}

/** A folder of plug-ins that a broker cannot use. */
export interface UnusablePlugIn {
  readonly source: string;
  readonly plugIn: string | null;
  readonly problem: string;
  readonly fix: string;
}

/** Registrations of plug-ins and how they fare, for all brokers and the console. Changes are told as kind `broker-plugin`. */
export interface PlugInRegistry {
  /** Names a plug-in that lies in a folder. What a person said over it stays. Gives what holds. */
  announce(registration: PlugInRegistration): Promise<StoredRegistration>;
  get(name: string): Promise<StoredRegistration | null>;
  /** What holds of the plug-in that lies, or lay, in a folder. */
  ofSource(source: string): Promise<StoredRegistration | null>;
  /** Shows how the plug-ins of a broker fare, all of them; the broker has told of itself before (`broker_instance`). */
  report(brokerId: string, health: readonly PlugInHealth[]): Promise<void>;
  /** Shows the folders that a broker cannot use, all of them. */
  reportProblems(brokerId: string, problems: readonly UnusablePlugIn[]): Promise<void>;
}

export function plugInRegistry({ db }: Pick<DatabaseHandle, 'db'>): PlugInRegistry {
  const find = async (column: 'name' | 'source', value: string): Promise<StoredRegistration | null> => {
    const row = await db.selectFrom('broker_plugin').selectAll().where(column, '=', value).executeTakeFirst();
    if (!row) return null;
    return {
      name: row.name,
      source: row.source,
      provider: row.provider,
      priority: row.priority,
      enabled: row.enabled,
      collections: row.collections.length === 0 ? null : row.collections,
      budgets: row.budgets,
      onFailure: row.on_failure,
      allowExternal: row.allow_external,
      settings: row.settings,
      overridden: row.overridden,
      resets: row.resets,
    };
  };
  const get = (name: string) => find('name', name);
  return {
    get,
    ofSource: (source) => find('source', source),
    async announce(one) {
      const where = { source: one.source, provider: one.provider };
      const said = {
        priority: one.priority,
        enabled: one.enabled,
        collections: [...(one.collections ?? [])],
        budgets: JSON.stringify(one.budgets),
        on_failure: one.onFailure,
        allow_external: one.allowExternal,
        settings: JSON.stringify(one.settings),
      };
      await db
        .insertInto('broker_plugin')
        .values({ name: one.name, ...where, ...said })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      // Only what differs: every change is told to everybody.
      await sql`
        update broker_plugin set source = ${one.source}, provider = ${one.provider}
         where name = ${one.name} and (source, provider) is distinct from (${one.source}, ${one.provider})`.execute(db);
      await sql`
        update broker_plugin
           set priority = ${said.priority}, enabled = ${said.enabled}, collections = ${said.collections}, budgets = ${said.budgets}::jsonb,
               on_failure = ${said.on_failure}, allow_external = ${said.allow_external}, settings = ${said.settings}::jsonb
         where name = ${one.name} and not overridden
           and (priority, enabled, collections, budgets, on_failure, allow_external, settings) is distinct from
               (${said.priority}::int, ${said.enabled}::boolean, ${said.collections}::text[], ${said.budgets}::jsonb, ${said.on_failure}::text,
                ${said.allow_external}::boolean, ${said.settings}::jsonb)`.execute(db);
      return (await get(one.name))!;
    },

    async report(brokerId, health) {
      const names = health.map((one) => one.name);
      await db
        .deleteFrom('broker_plugin_health')
        .where('broker_id', '=', brokerId)
        .$if(names.length > 0, (from) => from.where('plugin', 'not in', names))
        .execute();
      for (const one of health) {
        const values = {
          state: one.state,
          failures: one.failures,
          calls: one.calls,
          time_outs: one.timeOuts,
          restarts: one.restarts,
          offers: [...one.offers],
          suspended_until: one.suspendedUntil,
          last_error: one.lastError?.message.replaceAll('\0', '').slice(0, 2000) ?? null,
          last_error_at: one.lastError?.at ?? null,
          updated_at: sql<Date>`clock_timestamp()`,
        };
        await db
          .insertInto('broker_plugin_health')
          .columns(['plugin', 'broker_id', ...(Object.keys(values) as (keyof typeof values)[])])
          // Whoever was removed, plug-in or broker, has no health to show.
          .expression((eb) =>
            eb
              .selectFrom(['broker_plugin', 'broker_instance'])
              .select(['broker_plugin.name', 'broker_instance.id'])
              .select((from) => [
                from.val(values.state).as('state'),
                sql<number>`${values.failures}::int`.as('failures'),
                sql<number>`${values.calls}::bigint`.as('calls'),
                sql<number>`${values.time_outs}::bigint`.as('time_outs'),
                sql<number>`${values.restarts}::bigint`.as('restarts'),
                sql<string[]>`${values.offers}::text[]`.as('offers'),
                sql<Date | null>`${values.suspended_until}::timestamptz`.as('suspended_until'),
                sql<string | null>`${values.last_error}::text`.as('last_error'),
                sql<Date | null>`${values.last_error_at}::timestamptz`.as('last_error_at'),
                values.updated_at.as('updated_at'),
              ])
              .where('broker_plugin.name', '=', one.name)
              .where('broker_instance.id', '=', brokerId),
          )
          .onConflict((conflict) => conflict.columns(['plugin', 'broker_id']).doUpdateSet(values))
          .execute();
      }
    },

    async reportProblems(brokerId, problems) {
      const sources = problems.map((one) => clean(one.source));
      await db
        .deleteFrom('broker_plugin_problem')
        .where('broker_id', '=', brokerId)
        .$if(sources.length > 0, (from) => from.where('source', 'not in', sources))
        .execute();
      // Only what differs: every change is told to everybody.
      for (const one of problems)
        await sql`
          insert into broker_plugin_problem as known (broker_id, source, plugin, problem, fix)
          select id, ${clean(one.source)}, ${one.plugIn}, ${clean(one.problem)}, ${clean(one.fix)} from broker_instance where id = ${brokerId}
              on conflict (broker_id, source) do update
             set plugin = excluded.plugin, problem = excluded.problem, fix = excluded.fix, at = excluded.at
           where (known.plugin, known.problem, known.fix) is distinct from (excluded.plugin, excluded.problem, excluded.fix)`.execute(
          db,
        );
    },
  };
}

/** Text that the database takes. */
const clean = (text: string): string => text.replaceAll('\0', '').slice(0, 2000);
