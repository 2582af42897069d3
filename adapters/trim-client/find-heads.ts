import type { HostIndex } from './host-index.ts';
import type { HostMatches } from './host-worker.ts';

/** Finds wanted blocks (8 bytes of each sha256) among those of an index. Blocks that follow each other in a file are preferred. */
export function findHeads({ files, heads }: HostIndex, wanted: Uint8Array): HostMatches {
  const have = words(heads);
  const want = words(wanted);
  const count = heads.length / 8;
  let size = 1024;
  while (size < count * 2) size *= 2;
  const slots = new Uint32Array(size);
  const place = (low: number, high: number, table: Uint32Array) => {
    let slot = low & (size - 1);
    for (let at = slots[slot] as number; at !== 0; at = slots[slot] as number) {
      if (table[at * 2 - 2] === low && table[at * 2 - 1] === high) break;
      slot = (slot + 1) & (size - 1);
    }
    return slot;
  };
  for (let i = 0; i < count; i++) {
    const slot = place(have[i * 2] as number, have[i * 2 + 1] as number, have);
    if (slots[slot] === 0) slots[slot] = i + 1;
  }
  const total = wanted.length / 8;
  const file = new Int32Array(total).fill(-1);
  const block = new Uint32Array(total);
  const used = new Map<string, number>();
  let next = -1;
  for (let i = 0; i < total; i++) {
    const [low, high] = [want[i * 2] as number, want[i * 2 + 1] as number];
    const follows = next > 0 && next < count && have[next * 2] === low && have[next * 2 + 1] === high;
    const at = follows ? next : (slots[place(low, high, have)] as number) - 1;
    next = at + 1;
    if (at < 0) continue;
    const owner = ownerOf(files, at);
    const { path, first } = files[owner] as HostIndex['files'][number];
    const number = used.get(path) ?? used.size;
    used.set(path, number);
    file[i] = number;
    block[i] = at - first;
  }
  return { files: [...used.keys()], file, block };
}

function ownerOf(files: HostIndex['files'], at: number): number {
  let low = 0;
  let high = files.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((files[middle] as HostIndex['files'][number]).first <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

function words(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
}
