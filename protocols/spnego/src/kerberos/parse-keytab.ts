import { BigEndianReader } from './big-endian-reader.ts';
import type { Keytab, KeytabEntry } from './keytab.ts';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

function readEntry(bytes: Uint8Array): KeytabEntry {
  const reader = new BigEndianReader(bytes, 'a keytab entry');
  const string = () => text(reader.take(reader.u16()));
  const parts = reader.count(reader.u16(), 2);
  const realm = string();
  const name = Array.from({ length: parts }, string);
  reader.u32();
  reader.u32();
  const shortVersion = reader.u8();
  const encryptionType = reader.u16();
  const key = reader.take(reader.u16()).slice();
  // Newer writers append the version in 32 bits; zeros may be left of an older, longer entry.
  const version = (reader.left >= 4 ? reader.u32() : 0) || shortVersion;
  return { realm, name, version, encryptionType, key };
}

/**
 * Reads a keytab file (format 0x502, as MIT, Heimdal, Samba and Windows's ktpass write it), 1 MiB and 10,000 entries at most.
 * Throws `spnego.malformed`.
 */
export function parseKeytab(bytes: Uint8Array): Keytab {
  const reader = new BigEndianReader(bytes, 'a keytab');
  if (bytes.length > 2 ** 20) throw reader.wrong('has more than 1 MiB');
  if (reader.u16() !== 0x502) throw reader.wrong('is not of format 0x502');
  const entries: KeytabEntry[] = [];
  while (reader.left > 0) {
    const size = reader.i32();
    const record = reader.take(Math.abs(size));
    // Negative sizes are holes where entries were deleted; a zero ends the file.
    if (size === 0) break;
    if (size > 0) entries.push(readEntry(record));
    if (entries.length > 10_000) throw reader.wrong('has more than 10,000 entries');
  }
  return { entries };
}
