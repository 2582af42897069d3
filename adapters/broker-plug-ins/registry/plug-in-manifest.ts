import { lstat, readFile } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { runsApiVersion, stages } from '@atelier/plugin-kit/broker';
import { z } from 'zod';

const longestManifest = 256 * 1024;
const milliseconds = z.number().int().min(1).max(3_600_000);

const common = {
  kind: z.literal('broker'),
  /** What traces, the log and the console call it. */
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'is no name of small letters, digits, dots, dashes and underscores'),
  /** Version of the plug-in itself. */
  version: z.string().max(100).default('0'),
  /** Version of the interface that it was written for. */
  apiVersion: z.string().refine(runsApiVersion, 'is a version of the interface that this broker does not run'),
  /** The name under which it owns targets; its own unless it is said. */
  provider: z.string().min(1).max(100).optional(),
  /** Higher is asked first. */
  priority: z.number().int().min(-1_000_000).max(1_000_000).default(0),
  enabled: z.boolean().default(false),
  /** Collections that it is asked for; all unless it is said. */
  collections: z.array(z.string().min(1).max(200)).max(1000).optional(),
  /** Milliseconds for each stage. */
  budgets: z.partialRecord(z.enum(stages), milliseconds).default({}),
  onFailure: z.enum(['continue', 'fail-connection']).default('continue'),
  /** It may send users to machines that are no targets. */
  allowExternal: z.boolean().default(false),
  settings: z.record(z.string(), z.json()).default({}),
};

/** What `plugin.json` says. */
export const plugInManifestSchema = z.discriminatedUnion('runs', [
  z.strictObject({
    ...common,
    /** In a thread of the broker: a module that exports `createPlugin` or `createPolicyPlugin`. */
    runs: z.literal('worker'),
    main: z.string().min(1).max(500),
    /** Megabytes of values. */
    memoryLimit: z.number().int().min(8).max(4096).default(128),
  }),
  z.strictObject({
    ...common,
    /** A program of its own, which speaks JSON-RPC over its standard input and output. */
    runs: z.literal('child'),
    command: z.array(z.string().min(1).max(4000)).min(1).max(50),
    /** Megabytes of address space; none unless it is said. */
    memoryLimit: z.number().int().min(8).max(1_000_000).optional(),
  }),
]);
export type PlugInManifest = Readonly<z.infer<typeof plugInManifestSchema>>;

const below = (folder: string, path: string): boolean => {
  const way = relative(folder, resolve(folder, path));
  return way !== '' && !way.startsWith('..') && !isAbsolute(way);
};

/** The name that a folder's `plugin.json` says, if only that can be read of it; null otherwise. */
export async function nameIn(folder: string): Promise<string | null> {
  try {
    const file = join(folder, 'plugin.json');
    const found = await lstat(file);
    if (!found.isFile() || found.size > longestManifest) return null;
    const { name } = JSON.parse(await readFile(file, 'utf8'));
    return common.name.safeParse(name).data ?? null;
  } catch {
    return null;
  }
}

/** Reads and checks `plugin.json` of a folder. Throws with what is wrong. */
export async function readManifest(folder: string): Promise<PlugInManifest> {
  const file = join(folder, 'plugin.json');
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    throw new Error(`${folder} has no plugin.json: put one there, or take the folder away`, { cause });
  });
  if (text.length > longestManifest) throw new Error(`${file} is longer than ${longestManifest} characters`);
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file} is no JSON: ${(cause as Error).message}`, { cause });
  }
  const parsed = plugInManifestSchema.safeParse(said);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((one) => `${one.path.join('.') || 'it'}: ${one.message}`).join('; ');
    throw new Error(`${file}: ${wrong}`);
  }
  const manifest = parsed.data;
  if (manifest.runs === 'worker' && !below(folder, manifest.main))
    throw new Error(`${file}: main must be a file in the plug-in's folder`);
  return manifest;
}
