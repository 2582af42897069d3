import type { ColumnType, Generated, GeneratedAlways } from 'kysely';

/** A JSON column: read as a value, written as `JSON.stringify(value)` (the driver would turn an array into a PostgreSQL array). */
export type Json<Value> = ColumnType<Value, string, string>;
/** {@link Json} with a default in the database. */
export type JsonWithDefault<Value> = ColumnType<Value, string | undefined, string>;

/** A point in time, to the millisecond. */
export type Time = ColumnType<Date, Date | string, Date | string>;
/** {@link Time} with a default in the database, mostly the transaction's time. */
export type TimeWithDefault = ColumnType<Date, Date | string | undefined, Date | string>;

/**
 * What the database maintains on every row that people change. `rev` grows by one with each update (a trigger sees to it):
 * compare it in the `where` of an update (`.where('rev', '=', seen)`) and nobody's change is lost; never set it.
 */
export interface Revised {
  readonly created_at: TimeWithDefault;
  readonly updated_at: GeneratedAlways<Date>;
  readonly rev: GeneratedAlways<number>;
}

export type { Generated, GeneratedAlways };
