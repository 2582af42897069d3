const most = 256 * 1024;
const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** A PNG of at most 256 KiB in base64; null for any other file. */
export async function readIcon(file: Blob): Promise<string | null> {
  if (file.size > most) return null;
  const bytes = new Uint8Array(await file.arrayBuffer());
  return signature.every((byte, at) => bytes[at] === byte)
    ? btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    : null;
}
