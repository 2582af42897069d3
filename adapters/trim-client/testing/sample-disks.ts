import { writeFile } from 'node:fs/promises';

const block = 4096;

/** Random numbers that are the same in every run: `next(n)` gives a whole number below n. */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

/** A disk of `blocks` blocks with what disks have: zeros, text, noise, repeated blocks; some end within a block. */
export function sampleDisk(random: (below: number) => number, blocks: number): Buffer {
  const disk = Buffer.alloc(blocks * block - (random(3) === 0 ? random(block) : 0));
  for (let b = 0; b < blocks; ) {
    const run = 1 + random(30);
    const kind = random(5);
    for (let i = 0; i < run && b < blocks; i++, b++) {
      const at = b * block;
      if (kind === 1) fillText(disk, at, random(1_000_000));
      else if (kind === 2) fillNoise(disk, at, random);
      else if (kind === 3) disk.fill(0xa5, at, Math.min(at + block, disk.length));
      else if (kind === 4 && b > 0) disk.copyWithin(at, random(b) * block, random(b) * block + block);
    }
  }
  return disk;
}

function fillText(disk: Buffer, at: number, seed: number): void {
  let line = '';
  for (let i = 0; line.length < block; i++) line += `line ${i} of file ${seed} says ${(seed * 31 + i * 17) % 9973}\n`;
  disk.write(line.slice(0, block), at, 'latin1');
}

function fillNoise(disk: Buffer, at: number, random: (below: number) => number): void {
  for (let i = at; i < Math.min(at + block, disk.length); i++) disk[i] = random(256);
}

/** What a later version of a disk looks like, in one of the ways in which disks change. */
export function changedDisk(random: (below: number) => number, disk: Buffer, way: ChangeWay): Buffer {
  const blocks = Math.ceil(disk.length / block);
  switch (way) {
    case 'edited': {
      const out = Buffer.from(disk);
      for (let n = 0; n < 10; n++) out[random(out.length)] = random(256);
      return out;
    }
    case 'shuffled': {
      const order = Array.from({ length: blocks }, (_, i) => i);
      for (let i = blocks - 1; i > 0; i--) {
        const j = random(i + 1);
        [order[i], order[j]] = [order[j] as number, order[i] as number];
      }
      return Buffer.concat(order.map((b) => padded(disk.subarray(b * block, (b + 1) * block))));
    }
    case 'shifted':
      return Buffer.concat([Buffer.alloc(1 + random(9000), 7), disk]).subarray(0, disk.length);
    case 'grown':
      return Buffer.concat([padded(disk), sampleDisk(random, 1 + random(200))]);
    case 'shrunk':
      return Buffer.from(disk.subarray(0, 1 + random(disk.length)));
    case 'zeroed': {
      const out = Buffer.from(disk);
      for (let n = 0; n < 3; n++) {
        const at = random(blocks) * block;
        out.fill(0, at, Math.min(at + random(50) * block, out.length));
      }
      return out;
    }
    case 'unrelated':
      return sampleDisk(random, 1 + random(400));
  }
}

export const changeWays = ['edited', 'shuffled', 'shifted', 'grown', 'shrunk', 'zeroed', 'unrelated'] as const;
export type ChangeWay = (typeof changeWays)[number];

function padded(bytes: Buffer): Buffer {
  return bytes.length % block === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(block - (bytes.length % block))]);
}

/** Writes a disk to a file; gives its path. */
export async function writeDisk(path: string, disk: Buffer): Promise<string> {
  await writeFile(path, disk);
  return path;
}
