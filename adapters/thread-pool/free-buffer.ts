/**
 * Gives the memory of a buffer back at once, where a collection would do so only some day. The buffer must have its memory to
 * itself, else nothing happens; whoever still holds it finds it empty.
 */
export function freeBuffer({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength && !buffer.detached) buffer.transfer(0);
}
