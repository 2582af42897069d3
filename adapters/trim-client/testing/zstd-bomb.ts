/**
 * A zstd frame of some 32 KB that gives `bytes` zeros (a multiple of 128 KiB), whatever its header `claims`: run-length
 * blocks, written by hand after RFC 8878 section 3.1.1, so that nobody has to hold the zeros to make it.
 */
export function zstdBomb(bytes: number, claims: number): Uint8Array {
  const head = Buffer.alloc(10);
  head.writeUInt32LE(0xfd2fb528, 0);
  head[4] = 0x80; // content size in four bytes, no dictionary, no checksum
  head[5] = 7 << 3; // a window of 128 KiB
  head.writeUInt32LE(claims, 6);
  const blocks = bytes / 131_072;
  const body = Buffer.alloc(blocks * 4);
  for (let i = 0; i < blocks; i++) body.writeUIntLE((131_072 << 3) | (1 << 1) | (i === blocks - 1 ? 1 : 0), i * 4, 3);
  return Buffer.concat([head, body]);
}

/** A skippable frame (RFC 8878 section 3.1.2), which decoders pass over without a word. */
export function skippableFrame(content: string): Uint8Array {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0x184d2a50, 0);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, Buffer.from(content)]);
}
