import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Controller, lanController } from '@atelier/adapters/hardware-inventory';
import { z } from 'zod';
import { readIfThere, writeDurably } from '../state/durable-file.ts';
import { openSecret, sealSecret } from '../state/sealed-secret.ts';

const sealed = z.object({ iv: z.string(), tag: z.string(), sealed: z.string() });
const controllerName = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,62}$/u, 'letters, digits, ".", "_" and "-"');
const entrySchema = z.object({
  name: controllerName,
  host: z.string().min(1).max(255),
  port: z.number().int().min(1).max(65_535),
  user: z.string().max(16),
  password: sealed,
});
const bookSchema = z.array(entrySchema);

/** A management controller on the network that this agent speaks for. */
export type ControllerEntry = Omit<z.infer<typeof entrySchema>, 'password'>;

/** Bytes of a password that IPMI 2.0 has room for. */
const longestPassword = 20;

/** Management controllers besides the machine's own, in `controllers.json` of the state folder; their passwords are sealed there. */
export class ControllerBook {
  readonly #path: string;
  readonly #keyPath: string;
  #read: { readonly changed: number; readonly controllers: readonly Controller[] } = { changed: 0, controllers: [] };

  constructor(stateFolder: string) {
    this.#path = join(stateFolder, 'controllers.json');
    this.#keyPath = join(stateFolder, 'controllers.key');
  }

  /** All of them, without passwords. */
  async list(): Promise<readonly ControllerEntry[]> {
    return (await this.#all()).map(({ name, host, port, user }) => ({ name, host, port, user }));
  }

  /** Adds one, or changes the one of this name. Throws for what IPMI has no room for. */
  async set(entry: ControllerEntry, password: string): Promise<void> {
    if (Buffer.byteLength(password) > longestPassword)
      throw new Error(`a password of IPMI has at most ${longestPassword} bytes`);
    const checked = entrySchema.omit({ password: true }).safeParse(entry);
    if (!checked.success) throw new Error(z.prettifyError(checked.error));
    const others = (await this.#all()).filter((one) => one.name !== entry.name);
    const added = { ...checked.data, password: await sealSecret(this.#keyPath, entry.name, password) };
    await this.#write([...others, added].sort((a, b) => a.name.localeCompare(b.name)));
  }

  /** Gives false when there was none of this name. */
  async remove(name: string): Promise<boolean> {
    const all = await this.#all();
    const rest = all.filter((one) => one.name !== name);
    if (rest.length < all.length) await this.#write(rest);
    return rest.length < all.length;
  }

  /** What the agent reaches now: the file is read again when somebody changed it. */
  controllers(): readonly Controller[] {
    const changed = statSync(this.#path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (changed !== this.#read.changed) this.#read = { changed, controllers: changed === 0 ? [] : this.#load() };
    return this.#read.controllers;
  }

  #load(): readonly Controller[] {
    return bookSchema.parse(JSON.parse(readFileSync(this.#path, 'utf8'))).map(({ name, host, port, user, password }) =>
      lanController(name, { host, port, user }, async () => ({
        password: await openSecret(this.#keyPath, name, password),
      })),
    );
  }

  async #all() {
    const text = await readIfThere(this.#path);
    return text === null ? [] : bookSchema.parse(JSON.parse(text));
  }

  async #write(all: z.infer<typeof bookSchema>): Promise<void> {
    await writeDurably(this.#path, `${JSON.stringify(all, null, 2)}\n`);
  }
}
