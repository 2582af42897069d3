import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { AtelierError } from '@atelier/domain/errors';

const derive = promisify(argon2) as (algorithm: 'argon2id', parameters: Argon2Parameters) => Promise<Buffer>;

/** Tuned to about a fifth of a second; `m` in KiB. Stored in each hash, so that it can be raised later. */
const cost = { m: 32_768, t: 3, p: 1 } as const;
const tagLength = 32;

/** Each computation takes 32 MiB: more than two at once would let sign-ins decide over the server's memory. */
let running = 0;
const waiting: (() => void)[] = [];
/** About ten seconds of work. */
const longestQueue = 100;
async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  if (waiting.length >= longestQueue)
    throw new AtelierError('request.too-many', 'too many people sign in at once', { extra: { retryAfterSeconds: 5 } });
  while (running >= 2) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

const compute = (password: string, nonce: Buffer, { m, t, p }: { m: number; t: number; p: number }, length: number) =>
  inTurn(() =>
    derive('argon2id', {
      message: password.normalize('NFC'),
      nonce,
      parallelism: p,
      tagLength: length,
      memory: m,
      passes: t,
    }),
  );

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

/** An argon2id hash of the password in PHC form, computed off the event loop. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const tag = await compute(password, salt, cost, tagLength);
  return `$argon2id$v=19$m=${cost.m},t=${cost.t},p=${cost.p}$${unpadded(salt)}$${unpadded(tag)}`;
}

/**
 * Whether the password fits the hash, and whether the hash should be made anew because the cost was raised since.
 * Without a hash it computes one all the same and says no, so that the time taken does not tell which names exist.
 */
export async function verifyPassword(
  password: string,
  hash: string | null,
): Promise<{ readonly ok: boolean; readonly outdated: boolean }> {
  const parts = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d)\$([\w+/]+)\$([\w+/]+)$/.exec(hash ?? '');
  if (!parts) {
    await compute(password, randomBytes(16), cost, tagLength);
    return { ok: false, outdated: false };
  }
  const used = { m: Number(parts[1]), t: Number(parts[2]), p: Number(parts[3]) };
  const tag = Buffer.from(parts[5]!, 'base64');
  const ok = timingSafeEqual(await compute(password, Buffer.from(parts[4]!, 'base64'), used, tag.length), tag);
  return { ok, outdated: used.m !== cost.m || used.t !== cost.t || used.p !== cost.p };
}
