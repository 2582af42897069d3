import { hash } from 'node:crypto';
import { expect, it } from 'vitest';
import { merkleRoot } from './digests.ts';
import { seededRandom } from './testing/seeded-random.ts';

/** The same tree, written down as the README says it, with no short cuts. */
function plainRoot(size: number, leaves: readonly Uint8Array[]): string {
  let level = leaves;
  for (let height = 1; level.length > 1 || height === 1; height++) {
    const above: Uint8Array[] = [];
    for (let at = 0; at < level.length; at += 256)
      above.push(
        hash(
          'sha256',
          Buffer.concat([Buffer.from('TRIMNODE'), Buffer.of(height), ...level.slice(at, at + 256)]),
          'buffer',
        ),
      );
    level = above;
  }
  const head = Buffer.alloc(12);
  head.writeBigUInt64LE(BigInt(size));
  head.writeUInt32LE(4096, 8);
  return hash('sha256', Buffer.concat([Buffer.from('TRIMROOT'), head, level[0] as Uint8Array]), 'hex');
}

it('the Merkle root is that of the plain tree, for trees of one, two and three levels', () => {
  const random = seededRandom(5);
  const refs = 700;
  const digests = new Uint8Array(refs * 32).map(() => random(256));
  const zero = hash('sha256', new Uint8Array(4096), 'buffer');
  for (const blocks of [1, 2, 255, 256, 257, 1000, 65_536, 65_537, 66_000]) {
    const map = new Uint32Array(blocks);
    for (let b = 0; b < blocks; b++)
      map[b] = b > 600 && b < 1200 ? 0 : random(10) === 0 ? random(refs + 1) : (b % refs) + 1;
    const leaves = Array.from(map, (value) => (value === 0 ? zero : digests.subarray((value - 1) * 32, value * 32)));
    expect(merkleRoot(blocks * 4096, map, digests)).toBe(plainRoot(blocks * 4096, leaves));
  }
});
