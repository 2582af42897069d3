/** An RC4 key stream: each call goes on where the last one ended. Needed for NTLM's sealing only. */
export class Rc4 {
  readonly #state = new Uint8Array(256);
  #i = 0;
  #j = 0;

  /** `key` has 1 to 256 bytes; it is not kept. */
  constructor(key: Uint8Array) {
    const s = this.#state;
    for (let i = 0; i < 256; i++) s[i] = i;
    for (let i = 0, j = 0; i < 256; i++) {
      const t = s[i]!;
      j = (j + t + key[i % key.length]!) & 255;
      s[i] = s[j]!;
      s[j] = t;
    }
  }

  /** Encrypts or decrypts `input` into a new array. */
  apply(input: Uint8Array): Uint8Array {
    const s = this.#state;
    const length = input.length;
    const output = new Uint8Array(length);
    let i = this.#i;
    let j = this.#j;
    for (let n = 0; n < length; n++) {
      i = (i + 1) & 255;
      const a = s[i]!;
      j = (j + a) & 255;
      const b = s[j]!;
      s[i] = b;
      s[j] = a;
      output[n] = input[n]! ^ s[(a + b) & 255]!;
    }
    this.#i = i;
    this.#j = j;
    return output;
  }

  /** Overwrites the state. */
  close(): void {
    this.#state.fill(0);
  }
}

/** RC4 of one message under one key. */
export function rc4(key: Uint8Array, input: Uint8Array): Uint8Array {
  const stream = new Rc4(key);
  const output = stream.apply(input);
  stream.close();
  return output;
}
