import { SpnegoError } from '../spnego-error.ts';
import { flag, has } from './flags.ts';

/** Longest NTLM message that is read: real ones have below 2 KiB. */
export const longestMessage = 32 * 1024;

const signature = Buffer.from('NTLMSSP\0', 'latin1');

export const malformed = (what: string): SpnegoError => new SpnegoError('spnego.malformed', `an ntlm message ${what}`);

/** Whether `bytes` begin as an NTLM message does. */
export const isNtlm = (bytes: Uint8Array): boolean => signature.equals(bytes.subarray(0, 8));

/** A view of a message that is of this type, at least so long, and not above the limit. */
export function viewOf(bytes: Uint8Array, type: number, least: number): DataView {
  if (!isNtlm(bytes) || bytes.length < 12) throw malformed('does not begin with NTLMSSP');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const found = view.getUint32(8, true);
  if (found !== type)
    throw new SpnegoError('spnego.out-of-order', `an ntlm message of type ${type} is due, not ${found}`);
  if (bytes.length < least || bytes.length > longestMessage) throw malformed(`has ${bytes.length} bytes`);
  return view;
}

/** The payload that the field (length, room, offset) at `at` points to. An empty one may point anywhere. */
export function fieldAt(bytes: Uint8Array, view: DataView, at: number): Uint8Array {
  const length = view.getUint16(at, true);
  const offset = view.getUint32(at + 4, true);
  if (length === 0) return new Uint8Array(0);
  if (offset + length > bytes.length) throw malformed('has a field that ends beyond it');
  return bytes.subarray(offset, offset + length);
}

/** Text as the flags say: UTF-16, or the client's OEM code page, of which Latin-1 is the part that is the same everywhere. */
export function textOf(bytes: Uint8Array, flags: number): string {
  if (!has(flags, flag.unicode)) return Buffer.from(bytes).toString('latin1');
  if (bytes.length % 2 !== 0) throw malformed('has a text of half a letter');
  return Buffer.from(bytes).toString('utf16le');
}

export const textBytes = (text: string, flags: number): Uint8Array =>
  Uint8Array.from(Buffer.from(text, has(flags, flag.unicode) ? 'utf16le' : 'latin1'));

/**
 * Builds a message: `head` bytes of fixed part, into which `fill` writes, then the payload.
 * `fields` are (place of the field in the head, payload).
 */
export function buildMessage(
  type: number,
  head: number,
  fields: readonly (readonly [number, Uint8Array])[],
  fill: (view: DataView, bytes: Uint8Array) => void,
): Uint8Array {
  const bytes = new Uint8Array(head + fields.reduce((sum, [, payload]) => sum + payload.length, 0));
  const view = new DataView(bytes.buffer);
  bytes.set(signature);
  view.setUint32(8, type, true);
  fill(view, bytes);
  let offset = head;
  for (const [at, payload] of fields) {
    view.setUint16(at, payload.length, true);
    view.setUint16(at + 2, payload.length, true);
    view.setUint32(at + 4, offset, true);
    bytes.set(payload, offset);
    offset += payload.length;
  }
  return bytes;
}

/** VERSION (§2.2.2.10): says 10.0.17763, revision 15, which is what peers look at. */
export const version = Uint8Array.of(10, 0, 0x63, 0x45, 0, 0, 0, 15);
