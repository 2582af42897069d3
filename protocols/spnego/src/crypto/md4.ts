const rotate = (x: number, n: number) => (x << n) | (x >>> (32 - n));
const order2 = [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15] as const;
const order3 = [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15] as const;
const shifts1 = [3, 7, 11, 19] as const;
const shifts2 = [3, 5, 9, 13] as const;
const shifts3 = [3, 9, 11, 15] as const;

/** MD4 (RFC 1320): 16 bytes. Broken as a hash; NTLM's password hash is made of it and OpenSSL 3 has it no longer. */
export function md4(message: Uint8Array): Uint8Array {
  const blocks = Math.floor((message.length + 8) / 64) + 1;
  const padded = new Uint8Array(blocks * 64);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, (message.length * 8) >>> 0, true);
  view.setUint32(padded.length - 4, Math.floor(message.length / 2 ** 29), true);
  const state = new Int32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]);
  const x = new Int32Array(16);
  for (let block = 0; block < blocks; block++) {
    for (let i = 0; i < 16; i++) x[i] = view.getInt32(block * 64 + i * 4, true);
    let [a, b, c, d] = state as unknown as [number, number, number, number];
    for (let i = 0; i < 48; i++) {
      const step = i & 15;
      let f: number;
      let shift: number;
      if (i < 16) {
        f = ((b & c) | (~b & d)) + x[step]!;
        shift = shifts1[i & 3]!;
      } else if (i < 32) {
        f = ((b & c) | (b & d) | (c & d)) + x[order2[step]!]! + 0x5a827999;
        shift = shifts2[i & 3]!;
      } else {
        f = (b ^ c ^ d) + x[order3[step]!]! + 0x6ed9eba1;
        shift = shifts3[i & 3]!;
      }
      const next = rotate((a + f) | 0, shift);
      a = d;
      d = c;
      c = b;
      b = next;
    }
    state[0] = state[0]! + a;
    state[1] = state[1]! + b;
    state[2] = state[2]! + c;
    state[3] = state[3]! + d;
  }
  padded.fill(0);
  x.fill(0);
  const digest = new Uint8Array(16);
  const out = new DataView(digest.buffer);
  for (let i = 0; i < 4; i++) out.setInt32(i * 4, state[i]!, true);
  return digest;
}
