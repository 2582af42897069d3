import { freeBuffer } from '@atelier/adapters/thread-pool';
import { dictionaryHead } from '@atelier/trim';

let room: Buffer = Buffer.alloc(0);

/**
 * A dictionary with place for `bytes` behind its first letters. Each thread has one place only, which the next call uses again:
 * a dictionary is done with as soon as its frame is open.
 */
export function dictionaryRoom(bytes: number): { readonly dictionary: Buffer; readonly content: Buffer } {
  const length = dictionaryHead.length + bytes;
  if (room.length < length) {
    freeBuffer(room);
    room = Buffer.allocUnsafeSlow(length);
    room.set(dictionaryHead);
  }
  return { dictionary: room.subarray(0, length), content: room.subarray(dictionaryHead.length, length) };
}
