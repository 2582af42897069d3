import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readIfThere, writeDurably } from '@atelier/adapters/durable-file';
import { ntHash } from '@atelier/spnego';

interface SealedHash {
  readonly iv: string;
  readonly tag: string;
  readonly hash: string;
}

/**
 * Accounts of the product's own, for NTLM: it needs a hash that the system does not keep. Each stands for the system account of its name. The hashes are
 * as good as passwords: the file is 0600 and sealed with a key beside it, so that a copy of one of the two is worth nothing.
 */
export class OwnAccounts {
  readonly #path: string;
  readonly #keyPath: string;

  constructor(folder: string) {
    this.#path = join(folder, 'accounts.json');
    this.#keyPath = join(folder, 'accounts.key');
  }

  /** Names, in order. */
  async names(): Promise<readonly string[]> {
    return Object.keys(await this.#read()).sort();
  }

  /** NT hash of the account, without regard to case; null when there is none. */
  async hash(name: string): Promise<Uint8Array | null> {
    const sealed = (await this.#read())[name.toLowerCase()];
    const key = sealed && (await readIfThere(this.#keyPath));
    if (!key) return null;
    const open = createDecipheriv('aes-256-gcm', Buffer.from(key, 'base64'), Buffer.from(sealed.iv, 'base64'));
    open.setAuthTag(Buffer.from(sealed.tag, 'base64'));
    open.setAAD(Buffer.from(name.toLowerCase()));
    return Buffer.concat([open.update(Buffer.from(sealed.hash, 'base64')), open.final()]);
  }

  /** Adds the account or changes its password. */
  async set(name: string, password: string): Promise<void> {
    const all = await this.#read();
    let key = await readIfThere(this.#keyPath);
    if (key === null) {
      key = randomBytes(32).toString('base64');
      await writeDurably(this.#keyPath, key);
    }
    const iv = randomBytes(12);
    const seal = createCipheriv('aes-256-gcm', Buffer.from(key, 'base64'), iv);
    seal.setAAD(Buffer.from(name.toLowerCase()));
    const hash = Buffer.concat([seal.update(ntHash(password)), seal.final()]).toString('base64');
    const sealed = { iv: iv.toString('base64'), tag: seal.getAuthTag().toString('base64'), hash };
    await this.#write({ ...all, [name.toLowerCase()]: sealed });
  }

  /** Gives false when there was no such account. */
  async remove(name: string): Promise<boolean> {
    const { [name.toLowerCase()]: found, ...rest } = await this.#read();
    if (found) await this.#write(rest);
    return found !== undefined;
  }

  async #read(): Promise<Readonly<Record<string, SealedHash>>> {
    const text = await readIfThere(this.#path);
    return text === null ? {} : (JSON.parse(text) as Record<string, SealedHash>);
  }

  async #write(all: Readonly<Record<string, SealedHash>>): Promise<void> {
    await writeDurably(this.#path, `${JSON.stringify(all, null, 2)}\n`);
  }
}
