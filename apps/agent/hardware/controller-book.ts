import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere, writeDurably } from '@atelier/adapters/durable-file';
import { type Controller, lanController } from '@atelier/adapters/hardware-inventory';
import { openSecret, type SealedSecret, sealSecret } from '../state/sealed-secret.ts';

/** A management controller on the network that this agent speaks for. */
export interface ControllerEntry {
  /** What the machine behind it is called. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

type KeptEntry = ControllerEntry & { readonly password: SealedSecret };

/** Bytes of a password and of a user's name that IPMI 2.0 has room for. */
const longestPassword = 20;
const longestUser = 16;

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
    if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,62}$/u.test(entry.name))
      throw new Error('a name consists of letters, digits, ".", "_" and "-"');
    if (!/^[\w.:-]{1,255}$/.test(entry.host)) throw new Error(`${entry.host} is no address of a host`);
    if (!Number.isInteger(entry.port) || entry.port < 1 || entry.port > 65_535) throw new Error('a port is 1 to 65535');
    if (Buffer.byteLength(entry.user) > longestUser) throw new Error(`a user of IPMI has at most ${longestUser} bytes`);
    const others = (await this.#all()).filter((one) => one.name !== entry.name);
    const added = { ...entry, password: await sealSecret(this.#keyPath, entry.name, password) };
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
    return this.#parse(readFileSync(this.#path, 'utf8')).map(({ name, host, port, user, password }) =>
      lanController(name, { host, port, user }, async () => ({
        password: await openSecret(this.#keyPath, name, password),
      })),
    );
  }

  async #all(): Promise<readonly KeptEntry[]> {
    const text = await readIfThere(this.#path);
    return text === null ? [] : this.#parse(text);
  }

  #parse(text: string): readonly KeptEntry[] {
    const found: unknown = JSON.parse(text);
    if (!Array.isArray(found))
      throw new Error(`${this.#path} holds no list of controllers: remove it and add them anew`);
    return found as KeptEntry[];
  }

  async #write(all: readonly KeptEntry[]): Promise<void> {
    await writeDurably(this.#path, `${JSON.stringify(all, null, 2)}\n`);
  }
}
