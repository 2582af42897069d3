import { changedDisk, changeWays, sampleDisk, seededRandom } from './sample-disks.ts';

const block = 4096;
type Random = (below: number) => number;

/** Two versions of a disk and files of a host that share content with the later one: all from one seed. */
export type RandomPair = {
  /** what was drawn, for the message of a test that fails */
  readonly drawn: string;
  readonly old: Buffer;
  readonly next: Buffer;
  readonly hostFiles: readonly Buffer[];
};

/** Seeds of the pairs to draw: 1 to 8, or those of `ATELIER_TEST_SEEDS`, such as `500` (1 to 500) or `4711-4711` (that one). */
export function pairSeeds(): readonly number[] {
  const [first = 1, last = first] = (process.env.ATELIER_TEST_SEEDS ?? '1-8').split('-').map(Number);
  const from = process.env.ATELIER_TEST_SEEDS?.includes('-') === false ? 1 : first;
  return Array.from({ length: last - from + 1 }, (_, i) => from + i);
}

/** A pair of disks as they occur (sparse, repetitive, noise, mixed), the later one changed in one to three ways. */
export function randomPair(seed: number): RandomPair {
  const random = seededRandom(seed);
  const kind = diskKinds[random(diskKinds.length)] as DiskKind;
  const old = diskOf(kind, random);
  const ways = Array.from({ length: 1 + random(3) }, () => changeWays[random(changeWays.length)] as never);
  const next = ways.reduce<Buffer>((disk, way) => changedDisk(random, disk, way), old);
  const hostFiles = Array.from({ length: random(4) }, () => {
    // half of them lie as file systems lay files; the others are shifted, so nothing of them can be found
    const from = random(2) === 0 ? random(Math.ceil(next.length / block)) * block : random(next.length);
    return Buffer.from(next.subarray(from, from + 1 + random(60 * block)));
  });
  const drawn = `${kind} disk of ${old.length} bytes, ${ways.join(' + ')} to ${next.length}, ${hostFiles.length} host files`;
  return { drawn, old, next, hostFiles };
}

const diskKinds = ['mixed', 'sparse', 'repetitive', 'noise'] as const;
type DiskKind = (typeof diskKinds)[number];

function diskOf(kind: DiskKind, random: Random): Buffer {
  const length = 1 + random(250 * block);
  switch (kind) {
    case 'mixed':
      return sampleDisk(random, 1 + random(250));
    case 'noise':
      return noise(length, random);
    case 'sparse': {
      const disk = Buffer.alloc(4 * length);
      for (let islands = random(6); islands > 0; islands--)
        noise(1 + random(5 * block), random).copy(disk, random(disk.length));
      return disk;
    }
    case 'repetitive': {
      const few = noise(3 * block, random);
      const disk = Buffer.alloc(length);
      for (let at = 0; at < length; at += block) few.copy(disk, at, random(3) * block);
      return disk;
    }
  }
}

function noise(length: number, random: Random): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at + 3 < length; at += 4) bytes.writeUInt32LE(random(2 ** 32), at);
  return bytes;
}
