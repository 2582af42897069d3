import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, open, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { CliFailure } from '../failure/cli-failure.ts';

const contextSchema = z.object({
  server: z.url(),
  /** PEM of the only authority that is trusted for this server; null: the system's. */
  ca: z.string().nullable(),
  user: z.string(),
});
/** A server under a name, with the person who signed in there. */
export type Context = z.infer<typeof contextSchema>;

const contextsSchema = z.object({ current: z.string().nullable(), contexts: z.record(z.string(), contextSchema) });
const secretsSchema = z.record(z.string(), z.string());

/** The person's contexts, and the secret of each in a file of its own. */
export interface ContextStore {
  readonly current: string | null;
  readonly all: Readonly<Record<string, Context>>;
  secret(name: string): string | undefined;
  save(name: string, context: Context, secret: string): Promise<void>;
  use(name: string): Promise<void>;
  /** Forgets the secret; with `whole` the context as well. */
  forget(name: string, whole: boolean): Promise<void>;
}

const configFolder = (env: Readonly<Record<string, string | undefined>>) =>
  join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'atelier');

function read<T>(path: string, schema: z.ZodType<T>, empty: T): T {
  if (!existsSync(path)) return empty;
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new CliFailure(
      { title: 'the list of contexts is damaged', detail: path, fix: `remove ${path} and sign in again` },
      1,
      { cause },
    );
  }
}

async function write(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const beside = `${path}.${process.pid}`;
  const file = await open(beside, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(value, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
  await chmod(path, 0o600);
}

/** Opens the store below XDG_CONFIG_HOME; files are made on the first save, readable by their owner only. */
export function openContextStore(env: Readonly<Record<string, string | undefined>> = process.env): ContextStore {
  const folder = configFolder(env);
  const files = { contexts: join(folder, 'contexts.json'), secrets: join(folder, 'secrets.json') };
  let { current, contexts } = read(files.contexts, contextsSchema, { current: null, contexts: {} });
  let secrets = read(files.secrets, secretsSchema, {});
  const saveContexts = () => write(files.contexts, { current, contexts });
  return {
    get current() {
      return current;
    },
    get all() {
      return contexts;
    },
    secret: (name) => secrets[name],
    async save(name, context, secret) {
      secrets = { ...secrets, [name]: secret };
      contexts = { ...contexts, [name]: context };
      current = name;
      await write(files.secrets, secrets);
      await saveContexts();
    },
    async use(name) {
      current = name;
      await saveContexts();
    },
    async forget(name, whole) {
      const { [name]: _, ...others } = secrets;
      secrets = others;
      await write(files.secrets, secrets);
      if (!whole) return;
      const { [name]: __, ...rest } = contexts;
      contexts = rest;
      if (current === name) current = Object.keys(contexts)[0] ?? null;
      await saveContexts();
    },
  };
}
