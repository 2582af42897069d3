/** The constant that a key for one usage is derived with (RFC 3961 §5.3): the number, then 0xaa, 0x55 or 0x99. */
export function usageConstant(usage: number, purpose: 0xaa | 0x55 | 0x99): Uint8Array {
  const bytes = new Uint8Array(5);
  new DataView(bytes.buffer).setUint32(0, usage);
  bytes[4] = purpose;
  return bytes;
}

/** The key usage numbers of RFC 4120 §7.5.1 and RFC 4121 §2. */
export const usage = {
  preauthTimestamp: 1,
  ticket: 2,
  asReply: 3,
  tgsChecksum: 6,
  tgsAuthenticator: 7,
  tgsReply: 8,
  tgsReplySubkey: 9,
  authenticator: 11,
  apReply: 12,
  acceptorSeal: 22,
  acceptorSign: 23,
  initiatorSeal: 24,
  initiatorSign: 25,
} as const;
