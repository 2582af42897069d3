import {
  propertiesSchema,
  sessionStateSchema,
  targetEndpointSchema,
  targetKindSchema,
  targetStateSchema,
} from '@atelier/domain/broker';
import { environmentSchema } from '@atelier/plugin-kit/broker';
import { z } from 'zod';
import type { storeMethods } from './protocol.ts';

const name = z.string().min(1).max(200);
const longName = z.string().max(253).nullable();
const count = z.number().int().min(0).max(1_000_000);
const propertyValue = z.union([z.string().max(4000), z.number(), z.boolean()]);
/** JSON has no `undefined`: what is left out may come as null. */
const left = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);

/** What a plug-in may say of a target. */
const saidOfTarget = {
  kind: targetKindSchema,
  environment: z.string().max(200),
  fqdn: longName,
  netbios: longName,
  endpoints: z.array(targetEndpointSchema).max(12),
  state: targetStateSchema,
  drain: z.boolean(),
  weight: z.number().int().min(1).max(10_000),
  maxSessions: count.min(1).nullable(),
  singleSession: z.boolean(),
  owner: z.string().max(200).nullable(),
  properties: propertiesSchema,
};
const newTarget = z.strictObject({ name, collection: name, ...z.object(saidOfTarget).partial().shape });
const target = z.object({
  id: name,
  name,
  collection: name,
  provider: name,
  numSessions: count,
  numPendingConnections: count,
  version: z.number().int().min(0),
  ...saidOfTarget,
});
const newSession = z.strictObject({
  target: name,
  user: name,
  domain: z.string().max(256),
  state: sessionStateSchema,
  hostSessionId: z
    .string()
    .max(200)
    .nullish()
    .transform((value) => value ?? null),
  initialProgram: z.string().max(512).default(''),
  clientDisplay: z
    .object({ width: count, height: count, depth: count })
    .nullish()
    .transform((value) => value ?? null),
});
const properties = propertiesSchema.refine((value) => Object.keys(value).length <= 1000, 'has more than 1,000 values');

const reading = {
  queryTarget: z.tuple([name, left(name)]),
  queryEnvironment: z.tuple([z.string().max(200)]),
  querySession: z.tuple([name]),
  enumerateCollections: z.tuple([]),
};

/** What the parameters of each method must be: a plug-in in a thread or process is not trusted to keep to the types. */
export const storeParams: {
  readonly [Group in keyof typeof storeMethods]: Readonly<
    Record<(typeof storeMethods)[Group][number], z.ZodType<unknown[]>>
  >;
} = {
  globalStore: reading,
  resourceStore: {
    ...reading,
    addTarget: z.tuple([newTarget]),
    saveTarget: z.tuple([target, left(z.object({ force: z.boolean().optional() }))]),
    deleteTarget: z.tuple([name]),
    setTargetProperty: z.tuple([name, name, propertyValue.nullable(), left(z.number().int().min(0))]),
    setTargetState: z.tuple([name, targetStateSchema]),
    testAndSetServerState: z.tuple([name, targetStateSchema, targetStateSchema]),
    setServerDrainMode: z.tuple([name, z.boolean()]),
    addEnvironment: z.tuple([environmentSchema]),
    saveEnvironment: z.tuple([environmentSchema]),
    removeEnvironment: z.tuple([name]),
    addSession: z.tuple([newSession]),
    setSessionState: z.tuple([name, sessionStateSchema]),
  },
  filterPluginStore: {
    enumerateProperties: z.tuple([]),
    saveProperties: z.tuple([properties]),
    deleteProperties: z.tuple([left(name)]),
  },
  services: {
    power: z.tuple([name, z.enum(['on', 'off', 'soft-off', 'cycle'])]),
    powerState: z.tuple([name]),
  },
};

/** What lists are asked with. */
const listQuery = z
  .strictObject({
    collection: name,
    environment: z.string().max(200),
    provider: name,
    sortByProperty: name,
    target: name,
    user: name,
    domain: z.string().max(256),
    initialProgram: z.string().max(512),
    state: sessionStateSchema,
  })
  .partial();

function parse<T>(schema: z.ZodType<T>, value: unknown, method: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const error = new Error(`${method}: ${issue?.path.join('.') || 'parameters'}: ${issue?.message ?? 'are wrong'}`);
  throw Object.assign(error, { name: 'StoreError', code: 'bad-value' });
}

/** Gives the parameters of a store's method as they shall be, or throws a StoreError `bad-value`. */
export function checkStoreParams(
  group: keyof typeof storeParams,
  method: string,
  given: readonly unknown[],
): unknown[] {
  const schema = (storeParams[group] as Readonly<Record<string, z.ZodType<unknown[]>>>)[method];
  if (!schema) throw new Error(`there is no method ${method}`);
  // Trailing parameters may be left out.
  const items = (schema as z.ZodTuple).def.items.length;
  return parse(schema, [...given, ...Array(Math.max(0, items - given.length)).fill(undefined)], `${group}.${method}`);
}

export const checkListQuery = (query: unknown, method: string): object => parse(listQuery, query ?? {}, method);
