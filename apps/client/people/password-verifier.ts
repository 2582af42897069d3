import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeDurably } from '@atelier/adapters/durable-file';
import { z } from 'zod';

const derive = promisify(argon2);
const verifierSchema = z.object({
  format: z.literal(1),
  userId: z.string(),
  name: z.string(),
  salt: z.string(),
  hash: z.string(),
  memory: z.number().int().min(1024).max(1_048_576),
  passes: z.number().int().min(1).max(20),
});
type Verifier = z.infer<typeof verifierSchema>;

/** RFC 9106's second recommended choice: 64 MiB, 3 passes. */
const cost = { memory: 65_536, passes: 3 };

const hashOf = (password: string, { salt, memory, passes }: Pick<Verifier, 'salt' | 'memory' | 'passes'>) =>
  derive('argon2id', {
    message: Buffer.from(password.normalize('NFKC')),
    nonce: Buffer.from(salt, 'base64'),
    parallelism: 1,
    tagLength: 32,
    memory,
    passes,
  });

/** What lets people sign in while the server cannot be reached: argon2id hashes, one private file for each person. */
export interface PasswordVerifiers {
  /** Keeps a verifier of a password that the server has just accepted. */
  keep(user: { readonly id: string; readonly name: string }, password: string): Promise<void>;
  /** The id of the person with this name and password; undefined when it is wrong, null when the name is not known here. */
  check(name: string, password: string): Promise<string | undefined | null>;
  forget(userId: string): Promise<void>;
  forgetAll(): Promise<void>;
}

export function openPasswordVerifiers(folder: string): PasswordVerifiers {
  const fileOf = (userId: string) => join(folder, `${userId}.json`);
  const all = async (): Promise<Verifier[]> => {
    const found: Verifier[] = [];
    for (const name of (await readdir(folder)).filter((one) => one.endsWith('.json'))) {
      const parsed = verifierSchema.safeParse(
        JSON.parse(await readFile(join(folder, name), 'utf8').catch(() => 'null')),
      );
      if (parsed.success) found.push(parsed.data);
    }
    return found;
  };
  return {
    keep: async (user, password) => {
      const salt = randomBytes(16).toString('base64');
      const hash = (await hashOf(password, { salt, ...cost })).toString('base64');
      const verifier: Verifier = { format: 1, userId: user.id, name: user.name, salt, hash, ...cost };
      await writeDurably(fileOf(user.id), `${JSON.stringify(verifier)}\n`);
    },
    check: async (name, password) => {
      const verifier = (await all()).find((one) => one.name.toLowerCase() === name.toLowerCase());
      if (!verifier) return null;
      const hash = await hashOf(password, verifier);
      return timingSafeEqual(hash, Buffer.from(verifier.hash, 'base64')) ? verifier.userId : undefined;
    },
    forget: (userId) => rm(fileOf(userId), { force: true }),
    forgetAll: async () => {
      for (const one of await all()) await rm(fileOf(one.userId), { force: true });
    },
  };
}
