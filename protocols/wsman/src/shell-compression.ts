import { expandXpressHuffman, XpressError } from './xpress-huffman.ts';

/** The only kind of compression that clients offer for the streams of a shell (MS-WSMV 3.1.4.1.31, header `rsp:CompressionType`). */
export const xpress = 'xpress';

const headerLength = 4;
const blockLength = 65_536;

/**
 * Unpacks what a client sent on a compressed stream: blocks, each with the lengths of its content and of what follows, both less one. A block whose
 * lengths are equal is not compressed. Throws XpressError for what makes no sense, and when there are more than `most` bytes.
 */
export function expandStream(bytes: Uint8Array, most: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let total = 0;
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < headerLength) throw new XpressError('a block ends within its header');
    const size = view.getUint16(at, true) + 1;
    const from = at + headerLength;
    const end = from + view.getUint16(at + 2, true) + 1;
    if (end > bytes.length) throw new XpressError('a block ends too early');
    total += size;
    if (total > most) throw new XpressError(`there are more than ${most} bytes`);
    const block = bytes.subarray(from, end);
    blocks.push(block.length === size ? block : expandXpressHuffman(block, size));
    at = end;
  }
  return Buffer.concat(blocks);
}

/** How much larger `packStream` makes `length` bytes. */
export const packedLength = (length: number): number => length + Math.ceil(length / blockLength) * headerLength;

/** Writes bytes for a client that wants compression. The blocks are not made smaller: processors are dearer here than bytes. */
export function packStream(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(packedLength(bytes.length));
  const view = new DataView(out.buffer);
  let to = 0;
  for (let at = 0; at < bytes.length; at += blockLength) {
    const block = bytes.subarray(at, at + blockLength);
    view.setUint16(to, block.length - 1, true);
    view.setUint16(to + 2, block.length - 1, true);
    out.set(block, to + headerLength);
    to += headerLength + block.length;
  }
  return out;
}
