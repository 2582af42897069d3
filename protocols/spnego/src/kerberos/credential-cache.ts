import { BigEndianReader } from './big-endian-reader.ts';
import type { ServiceTicket } from './service-ticket.ts';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

function readPrincipal(reader: BigEndianReader): { readonly realm: string; readonly name: readonly string[] } {
  reader.u32();
  const parts = reader.count(reader.u32(), 4);
  const string = () => text(reader.take(reader.u32()));
  const realm = string();
  return { realm, name: Array.from({ length: parts }, string) };
}

function skipList(reader: BigEndianReader): void {
  const count = reader.count(reader.u32(), 6);
  for (let i = 0; i < count; i++) {
    reader.u16();
    reader.take(reader.u32());
  }
}

/**
 * The tickets in a credential cache file (formats 0x503 and 0x504, what `kinit` writes to `FILE:`), 4 MiB at most. Entries
 * that hold no ticket but a setting are left out, and so is the clock offset of the header. Throws `spnego.malformed`.
 */
export function parseCredentialCache(bytes: Uint8Array): ServiceTicket[] {
  const reader = new BigEndianReader(bytes, 'a credential cache');
  if (bytes.length > 4 * 2 ** 20) throw reader.wrong('has more than 4 MiB');
  const format = reader.u16();
  if (format !== 0x503 && format !== 0x504) throw reader.wrong('is not of format 0x503 or 0x504');
  if (format === 0x504) reader.take(reader.u16());
  readPrincipal(reader);
  const tickets: ServiceTicket[] = [];
  while (reader.left > 0) {
    const client = readPrincipal(reader);
    const server = readPrincipal(reader);
    const encryptionType = reader.u16();
    if (format === 0x503) reader.u16();
    const sessionKey = reader.take(reader.u32()).slice();
    const authTime = reader.u32();
    const startTime = reader.u32() || authTime;
    const endTime = reader.u32();
    reader.u32();
    reader.u8();
    const flags = reader.u32();
    skipList(reader);
    skipList(reader);
    const ticket = reader.take(reader.u32()).slice();
    reader.take(reader.u32());
    if (server.realm === 'X-CACHECONF:' || ticket.length === 0) continue;
    tickets.push({
      clientRealm: client.realm,
      client: client.name,
      realm: server.realm,
      service: server.name,
      ticket,
      encryptionType,
      sessionKey,
      flags,
      startTime: startTime * 1000,
      endTime: endTime * 1000,
    });
  }
  return tickets;
}
