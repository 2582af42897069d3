import { countOfFiles, type HostFile, indexedFiles } from './host-index.ts';

/**
 * What an index says of each file, without the paths: a hash of 64 bits stands for each, since a wrong guess costs no more
 * than blocks that turn out to be others when they are read.
 */
export class HostTable {
  readonly files: number;
  readonly #hashes: Uint32Array;
  readonly #facts: Float64Array;
  readonly #slots: Uint32Array;

  /** Reads the index behind `fd`. Throws when it is damaged or cut off. */
  constructor(fd: number) {
    this.files = countOfFiles(fd);
    if (this.files > mostFiles) throw new Error('the index of host files counts too many');
    this.#hashes = new Uint32Array(this.files * 2);
    this.#facts = new Float64Array(this.files * 3);
    let slots = 16;
    while (slots < this.files * 1.5) slots *= 2;
    this.#slots = new Uint32Array(slots);
    let row = 0;
    for (const file of indexedFiles(fd)) {
      if (row === this.files) throw new Error('the index of host files has more than it counts');
      const hash = hashOf(file.path);
      this.#hashes.set(hash, row * 2);
      this.#facts.set([file.size, file.mtimeMs, file.inode], row * 3);
      const slot = this.#slotOf(hash);
      if (this.#slots[slot] === 0) this.#slots[slot] = row + 1;
      row++;
    }
    if (row !== this.files) throw new Error('the index of host files has less than it counts');
  }

  /** The row of a file that is just as the index says, or -1. */
  unchanged({ path, size, mtimeMs, inode }: HostFile): number {
    const row = (this.#slots[this.#slotOf(hashOf(path))] as number) - 1;
    if (row < 0) return -1;
    const at = row * 3;
    const facts = this.#facts;
    return facts[at] === size && facts[at + 1] === mtimeMs && facts[at + 2] === inode ? row : -1;
  }

  #slotOf([low, high]: readonly [number, number]): number {
    const mask = this.#slots.length - 1;
    let slot = low & mask;
    for (let row = this.#slots[slot] as number; row !== 0; row = this.#slots[slot] as number) {
      if (this.#hashes[row * 2 - 2] === low && this.#hashes[row * 2 - 1] === high) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}

/** More than any system has; the table would take 1.5 GB. */
const mostFiles = 2 ** 25;

/** Two hashes of 32 bits (FNV-1a and its like with another prime), mixed at the end. */
function hashOf(path: string): readonly [number, number] {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x5bd1e995);
    high ^= high >>> 15;
  }
  low ^= low >>> 16;
  return [Math.imul(low, 0x85ebca6b) >>> 0, high >>> 0];
}
