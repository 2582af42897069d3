import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testDatabase } from '@atelier/adapters/postgres/testing';
import {
  collectionKindSchema,
  loadBalancingSchema,
  redirectModeSchema,
  sessionStateSchema,
  targetKindSchema,
  targetSignInSchema,
  targetStates,
} from '@atelier/domain/broker';
import { endpointStateSchema } from '@atelier/domain/endpoints';
import { severitySchema } from '@atelier/domain/events';
import { versionStateSchema } from '@atelier/domain/images';
import { roleSchema, scopeSchema } from '@atelier/domain/people';
import { taskStateSchema } from '@atelier/domain/tasks';
import { directionSchema, instanceStateSchema, workspaceTypeSchema } from '@atelier/domain/workspaces';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';

const tables = join(import.meta.dirname, '../adapters/postgres/tables');

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

/** A column, in the few words that both a table type and PostgreSQL can be brought to. */
interface Column {
  readonly type: 'text' | 'number' | 'boolean' | 'time' | 'json' | 'bytes' | 'texts';
  readonly nullable: boolean;
  /** Whether an insert may leave it out although it is not nullable. */
  readonly filled: boolean;
}
type Columns = Readonly<Record<string, Column>>;

/** Reads a column's type as our table types write it; literal unions and domain names are texts. */
function columnOf(written: string): Column {
  const nullable = / \| null$/.test(written);
  const bare = written.replace(/ \| null$/, '');
  const [, generated, inner] = /^(Generated|GeneratedAlways)<(.*)>$/s.exec(bare) ?? [undefined, undefined, bare];
  const kinds: readonly (readonly [RegExp, Column['type']])[] = [
    [/^Json(WithDefault)?</, 'json'],
    [/^(Time(WithDefault)?|Date)$/, 'time'],
    [/^Buffer$/, 'bytes'],
    [/^string\[\]$/, 'texts'],
    [/^number$/, 'number'],
    [/^boolean$/, 'boolean'],
  ];
  const type = kinds.find(([form]) => form.test(inner!))?.[1] ?? 'text';
  return { type, nullable, filled: generated !== undefined || /WithDefault/.test(inner!) };
}

async function writtenTables(): Promise<Map<string, Columns>> {
  const sources = await Promise.all((await readdir(tables)).map((name) => readFile(join(tables, name), 'utf8')));
  const source = sources.join('\n').replace(/\/\*\*.*?\*\//gs, '');
  const interfaces = new Map<string, Columns>();
  for (const [, name, parent, body] of source.matchAll(/export interface (\w+)(?: extends (\w+))? \{\n(.*?)\n\}/gs)) {
    const own = [...body!.matchAll(/readonly (\w+): (.*?);\n?(?=\s*readonly|\s*$)/gs)].map(([, column, type]) => [
      column!,
      columnOf(type!),
    ]);
    interfaces.set(name!, { ...(parent ? { extends: parent as never } : {}), ...Object.fromEntries(own) });
  }
  const database = /export interface Database \{\n(.*?)\n\}/s.exec(source)![1]!;
  const withParent = ({ extends: parent, ...own }: Columns & { extends?: unknown }): Columns => ({
    ...own,
    ...(parent === undefined ? {} : interfaces.get(parent as string)),
  });
  return new Map(
    [...database.matchAll(/readonly (\w+): (\w+);/g)].map(([, table, type]) => [
      table!,
      withParent(interfaces.get(type!)!),
    ]),
  );
}

async function realTables(): Promise<Map<string, Columns>> {
  const types: Readonly<Record<string, Column['type']>> = {
    text: 'text',
    ulid: 'text',
    inet: 'text',
    int4: 'number',
    int8: 'number',
    float8: 'number',
    bool: 'boolean',
    timestamptz: 'time',
    jsonb: 'json',
    bytea: 'bytes',
    _text: 'texts',
  };
  const { rows } = await sql<{
    table: string;
    view: boolean;
    column: string;
    type: string;
    required: boolean;
    filled: boolean;
  }>`
    select class.relname as table, class.relkind = 'v' as view, attname as column, typname as type, attnotnull as required,
           atthasdef or attidentity <> '' as filled
      from pg_attribute
      join pg_class class on class.oid = attrelid
      join pg_type on pg_type.oid = atttypid
     where class.relnamespace = 'public'::regnamespace and class.relkind in ('r', 'v') and attnum > 0 and not attisdropped`.execute(
    database.db,
  );
  const found = new Map<string, Record<string, Column>>();
  for (const { table, view, column, type, required, filled } of rows) {
    const columns = found.get(table) ?? {};
    expect(types[type], `${table}.${column} is of type ${type}`).toBeDefined();
    columns[column] = { type: types[type]!, nullable: !required && !view, filled };
    found.set(table, columns);
  }
  return found;
}

test('the table types are those of the migrated schema', async () => {
  const [written, real] = [await writtenTables(), await realTables()];
  expect([...written.keys()].sort()).toEqual([...real.keys()].sort());
  for (const [table, columns] of real) {
    const types = written.get(table)!;
    // PostgreSQL does not know which columns of a view can be null.
    const comparable = table.startsWith('v_')
      ? Object.fromEntries(Object.entries(types).map(([name, column]) => [name, { ...column, nullable: false }]))
      : types;
    expect(comparable, table).toEqual(columns);
  }
});

test.each([
  ['image_version_state_known', versionStateSchema.options],
  ['workspace_type_known', workspaceTypeSchema.options],
  ['workspace_instance_state_known', instanceStateSchema.options],
  ['assignment_clipboard_known', directionSchema.options],
  ['assignment_file_transfer_known', directionSchema.options],
  ['endpoint_state_known', endpointStateSchema.options],
  ['event_severity_known', severitySchema.options],
  ['task_state_known', taskStateSchema.options],
  ['broker_collection_kind_known', collectionKindSchema.options],
  ['broker_collection_redirect_known', redirectModeSchema.options],
  ['broker_collection_sign_in_known', targetSignInSchema.options],
  ['broker_collection_balancing_known', loadBalancingSchema.options],
  ['broker_target_kind_known', targetKindSchema.options],
  ['broker_target_state_known', targetStates],
  ['broker_session_state_known', sessionStateSchema.options],
  ['people_role_binding_role_known', roleSchema.options],
  ['people_role_binding_scope_known', scopeSchema.shape.kind.options],
])('%s allows exactly what the domain knows', async (constraint, options) => {
  const { rows } = await sql<{ text: string }>`
    select pg_get_constraintdef(oid) as text from pg_constraint where conname = ${constraint}`.execute(database.db);
  const allowed = [...rows[0]!.text.matchAll(/'([^']*)'/g)].map(([, value]) => value);
  expect(allowed.sort()).toEqual([...options].sort());
});

test('every table and view has a comment, and every foreign key an index that serves it', async () => {
  const silent = await sql<{ name: string }>`
    select relname as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'v') and obj_description(oid, 'pg_class') is null`.execute(
    database.db,
  );
  expect(silent.rows).toEqual([]);
  const slow = await sql<{ name: string }>`
    select conname as name from pg_constraint fk
     where contype = 'f' and connamespace = 'public'::regnamespace and confdeltype = 'c'
       and not exists (select from pg_index where indrelid = fk.conrelid and fk.conkey <@ indkey::smallint[] and indkey[0] = any (fk.conkey))`.execute(
    database.db,
  );
  expect(slow.rows).toEqual([]);
});
