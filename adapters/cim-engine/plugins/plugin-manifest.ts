import { readFile, realpath } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type * as zod from 'zod';

const manifestOf = (z: typeof zod.z) =>
  z.strictObject({
    /** Classes of CIM, or resources under URIs of its own. */
    kind: z.enum(['cim-provider', 'resource-provider']),
    /** Name in faults and records. */
    name: z.string().min(1).max(64),
    version: z.string().min(1).max(32),
    /** File in the folder that exports `createProvider`. */
    module: z.string().min(1).max(200),
    /** Given to `createProvider`. */
    settings: z.record(z.string(), z.unknown()).default({}),
    /** Milliseconds that one answer, or one page of a list, may take. */
    timeLimit: z.int().min(10).max(600_000).default(30_000),
    /** Megabytes of memory for its values. */
    memoryLimit: z.int().min(16).max(4096).default(128),
  });

/** What `plugin.json` says, and the module's full path. */
export type PluginManifest = zod.z.output<ReturnType<typeof manifestOf>>;

/** Reads a plug-in's folder. Throws when plugin.json is no valid one, or the module lies outside of the folder. */
export async function readManifest(folder: string): Promise<PluginManifest> {
  // Ten megabytes, for nothing on a machine without plug-ins.
  const { z } = await import('zod');
  const path = join(folder, 'plugin.json');
  let found: PluginManifest;
  try {
    const text = await readFile(path, 'utf8');
    if (text.length > 65_536) throw new Error('it is larger than 64 KiB');
    found = manifestOf(z).parse(JSON.parse(text));
  } catch (error) {
    const reason =
      error instanceof z.ZodError ? z.prettifyError(error).replaceAll('\n', ' ') : (error as Error).message;
    throw new Error(`${path} is not valid: ${reason}`, { cause: error });
  }
  const module = await realpath(join(folder, found.module));
  if (relative(await realpath(folder), module).startsWith('..'))
    throw new Error(`${path} is not valid: the module lies outside of its folder`);
  return { ...found, module };
}
