import { fastPathLength } from '../input/read-fast-path-input.ts';
import { rdpLimits } from '../limits.ts';
import { tpktLength } from '../opening/tpkt.ts';

/** Cuts a stream into messages, TPKT and fast-path. Holds at most one message and one portion; a byte is copied once or twice. */
export class MessageBuffer {
  #bytes = new Uint8Array(1024);
  #start = 0;
  #end = 0;

  /** Adds a portion of any size. */
  add(portion: Uint8Array): void {
    if (this.#end + portion.length > this.#bytes.length) this.#makeRoom(portion.length);
    this.#bytes.set(portion, this.#end);
    this.#end += portion.length;
  }

  #makeRoom(length: number): void {
    const held = this.#end - this.#start;
    const wanted = held + length;
    const room = wanted <= this.#bytes.length / 2 ? this.#bytes : new Uint8Array(Math.max(wanted, held * 2));
    room.set(this.#bytes.subarray(this.#start, this.#end));
    this.#bytes = room;
    this.#start = 0;
    this.#end = held;
  }

  /** The next whole message as a copy, null while there is none. Throws `RdpError` when the stream cannot be one of RDP. */
  next(): Uint8Array | null {
    const held = this.#bytes.subarray(this.#start, this.#end);
    if (held.length === 0) return null;
    const length = (held[0]! & 3) === 0 ? fastPathLength(held) : tpktLength(held, rdpLimits.message);
    if (length === null || held.length < length) return null;
    this.#start += length;
    return held.slice(0, length);
  }
}
