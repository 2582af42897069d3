import { flag } from './flags.ts';
import { buildMessage, version, viewOf } from './message-fields.ts';

/**
 * The flags of a NEGOTIATE_MESSAGE (MS-NLMP §2.2.1.1). Its domain and workstation are not read: they come again, and
 * protected, in the AUTHENTICATE_MESSAGE. Clients leave out what they do not use, so 16 bytes are enough.
 */
export function parseNegotiate(bytes: Uint8Array): number {
  return viewOf(bytes, 1, 16).getUint32(12, true);
}

/** A NEGOTIATE_MESSAGE without names. */
export function encodeNegotiate(flags: number): Uint8Array {
  return buildMessage(1, 40, [], (view, bytes) => {
    view.setUint32(12, (flags | flag.version) >>> 0, true);
    view.setUint32(20, 40, true);
    view.setUint32(28, 40, true);
    bytes.set(version, 32);
  });
}
