/** One structure of the SMBIOS table (DSP0134). */
export interface SmbiosStructure {
  readonly type: number;
  readonly handle: number;
  readonly data: Buffer;
  /** The text that the byte at an offset points at; null for none. */
  text(offset: number): string | null;
  /** Little-endian number; null when the structure is too short. */
  number(offset: number, bytes: 1 | 2 | 4): number | null;
}

/** Structures, at most: a real table has some hundred. */
const limit = 4096;

function readStrings(table: Buffer, from: number): { readonly strings: readonly string[]; readonly end: number } {
  const strings: string[] = [];
  let at = from;
  while (at < table.length && table[at] !== 0) {
    const end = table.indexOf(0, at);
    if (end < 0) return { strings, end: table.length };
    strings.push(table.toString('latin1', at, end).trim());
    at = end + 1;
  }
  // The list ends with an empty text; an empty list is two zeros.
  return { strings, end: strings.length === 0 ? at + 2 : at + 1 };
}

/** Reads the table that Linux shows in /sys/firmware/dmi/tables/DMI. A table that breaks off gives what was whole. */
export function readSmbios(table: Buffer): readonly SmbiosStructure[] {
  const found: SmbiosStructure[] = [];
  for (let at = 0; at + 4 <= table.length && found.length < limit; ) {
    const type = table[at]!;
    const length = table[at + 1]!;
    if (length < 4 || at + length > table.length) break;
    const data = table.subarray(at, at + length);
    const { strings, end } = readStrings(table, at + length);
    found.push({
      type,
      handle: data.readUInt16LE(2),
      data,
      text: (offset) => (offset < length && data[offset]! > 0 ? strings[data[offset]! - 1] || null : null),
      number: (offset, bytes) => (offset + bytes <= length ? data.readUIntLE(offset, bytes) : null),
    });
    if (type === 127) break;
    at = end;
  }
  return found;
}
