/**
 * Finds block digests (sha256, 32 bytes) among millions: an open-addressing table of numbers over one array of digests.
 * A digest's number is the order in which it was added.
 */
export class DigestSet {
  #slots = new Uint32Array(1 << 16);
  #words = new Uint32Array(1 << 17);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The number of the digest at byte `at` of `digests` (aligned to 4), or -1. */
  find(digests: Uint32Array, at: number): number {
    return (this.#slots[this.#slot(digests, at)] as number) - 1;
  }

  /** Adds the digest at word `at`, also when it is there already (the first one stays found); gives its number. */
  add(digests: Uint32Array, at: number): number {
    if ((this.#count + 1) * 2 > this.#slots.length) this.#grow();
    if ((this.#count + 1) * 8 > this.#words.length) {
      const larger = new Uint32Array(this.#words.length * 2);
      larger.set(this.#words);
      this.#words = larger;
    }
    const slot = this.#slot(digests, at);
    for (let i = 0; i < 8; i++) this.#words[this.#count * 8 + i] = digests[at + i] as number;
    if (this.#slots[slot] === 0) this.#slots[slot] = this.#count + 1;
    return this.#count++;
  }

  /** The digests from number `first` up to before `end`, 32 bytes each. */
  bytes(first: number, end: number): Uint8Array {
    return new Uint8Array(this.#words.buffer, first * 32, (end - first) * 32).slice();
  }

  #slot(digests: Uint32Array, at: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = (digests[at] as number) & mask; ; slot = (slot + 1) & mask) {
      const found = this.#slots[slot] as number;
      if (found === 0 || this.#same(found - 1, digests, at)) return slot;
    }
  }

  #same(number: number, digests: Uint32Array, at: number): boolean {
    for (let i = 0; i < 8; i++) if (this.#words[number * 8 + i] !== digests[at + i]) return false;
    return true;
  }

  #grow(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let n = 0; n < this.#count; n++) {
      const slot = this.#slot(this.#words, n * 8);
      if (this.#slots[slot] === 0) this.#slots[slot] = n + 1;
    }
  }
}
