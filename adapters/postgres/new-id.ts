import { randomBytes } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A function that makes ULIDs: 48 bits of time, 80 random bits, upper case; those of one maker grow, also within a millisecond. */
export function idMaker(
  now: () => number = Date.now,
  random: (size: number) => Uint8Array = randomBytes,
): () => string {
  let lastTime = -1;
  let lastRandom = 0n;
  return () => {
    const time = Math.max(now(), lastTime);
    // In the same millisecond count on; the top bit stays free, so that counting cannot overflow.
    lastRandom = time === lastTime ? lastRandom + 1n : BigInt(`0x${Buffer.from(random(10)).toString('hex')}`) >> 1n;
    lastTime = time;
    let value = (BigInt(time) << 80n) | lastRandom;
    let text = '';
    for (let place = 0; place < 26; place++) {
      text = alphabet[Number(value & 31n)]! + text;
      value >>= 5n;
    }
    return text;
  };
}

/** A new identifier for a row. */
export const newId: () => string = idMaker();
