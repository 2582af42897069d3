import { headBytes } from './host-index.ts';

/** By wanted block: place in `files` or -1, and which block of that file. */
export type HostMatches = { readonly files: readonly string[]; readonly file: Int32Array; readonly block: Uint32Array };

/**
 * Finds wanted blocks (8 bytes of each sha256) among those of files that are told one after another, so that only what is wanted
 * lies in memory. Blocks that follow each other in a file are preferred.
 */
export class HeadFinder {
  readonly #wanted: Uint32Array;
  /** by slot of a hash table: place of a wanted block, plus one */
  readonly #slots: Uint32Array;
  readonly #file: Int32Array;
  readonly #block: Uint32Array;
  readonly #files: string[] = [];
  /** whoever serves the wanted heads cannot know where they fall in the table */
  readonly #seed = crypto.getRandomValues(new Uint32Array(2));
  #path = '';
  /** place of the open file in `#files`, or -1 as long as nothing in it was wanted */
  #open = -1;
  #next = 0;

  constructor(wanted: Uint8Array) {
    const aligned = wanted.byteOffset % 4 === 0 ? wanted : Uint8Array.from(wanted);
    const total = wanted.length / headBytes;
    this.#wanted = new Uint32Array(aligned.buffer, aligned.byteOffset, total * 2);
    let size = 1024;
    while (size < total * 1.5) size *= 2;
    this.#slots = new Uint32Array(size);
    this.#file = new Int32Array(total).fill(-1);
    this.#block = new Uint32Array(total);
    for (let i = 0; i < total; i++) {
      const slot = this.#slotOf(this.#wanted[i * 2] as number, this.#wanted[i * 2 + 1] as number);
      if (this.#slots[slot] === 0) this.#slots[slot] = i + 1;
    }
  }

  /** What comes next are blocks of the file at `path`, from its first. */
  begin(path: string): void {
    this.#path = path;
    this.#open = -1;
    this.#next = 0;
  }

  /** Takes the heads of some blocks that follow each other; those of zeros are 0, and are never found. */
  take(heads: Uint8Array): void {
    const aligned = heads.byteOffset % 4 === 0 ? heads : Uint8Array.from(heads);
    const words = new Uint32Array(aligned.buffer, aligned.byteOffset, heads.length / 4);
    for (let i = 0; i < words.length; i += 2) {
      const [low, high] = [words[i] as number, words[i + 1] as number];
      const block = this.#next++;
      if (low === 0 && high === 0) continue;
      const place = (this.#slots[this.#slotOf(low, high)] as number) - 1;
      if (place >= 0) this.#found(place, block);
    }
  }

  matches(): HostMatches {
    const [wanted, file, block] = [this.#wanted, this.#file, this.#block];
    for (let i = 0; i < file.length; i++) {
      if (file[i] !== -1) continue;
      // of blocks that are wanted twice only the first is in the table
      const twin = (this.#slots[this.#slotOf(wanted[i * 2] as number, wanted[i * 2 + 1] as number)] as number) - 1;
      file[i] = file[twin] as number;
      block[i] = block[twin] as number;
    }
    return { files: this.#files, file, block };
  }

  #found(place: number, block: number): void {
    const [file, blocks] = [this.#file, this.#block];
    const follows = this.#open >= 0 && place > 0 && file[place - 1] === this.#open && blocks[place - 1] === block - 1;
    if (file[place] !== -1 && !follows) return;
    if (this.#open === -1) this.#open = this.#files.push(this.#path) - 1;
    file[place] = this.#open;
    blocks[place] = block;
  }

  #slotOf(low: number, high: number): number {
    const mask = this.#slots.length - 1;
    const mixed =
      Math.imul(low ^ (this.#seed[0] as number), 0x9e3779b1) ^ Math.imul(high ^ (this.#seed[1] as number), 0x85ebca6b);
    let slot = (mixed ^ (mixed >>> 15)) & mask;
    for (let at = this.#slots[slot] as number; at !== 0; at = this.#slots[slot] as number) {
      if (this.#wanted[at * 2 - 2] === low && this.#wanted[at * 2 - 1] === high) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}
