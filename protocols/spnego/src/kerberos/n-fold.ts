/** n-fold (RFC 3961 §5.1): stretches or folds `input` to `length` octets. */
export function nFold(input: Uint8Array, length: number): Uint8Array {
  const bits = input.length * 8;
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  const total = (input.length * length) / gcd(input.length, length);
  const output = new Uint8Array(length);
  let carry = 0;
  // Adds the copies of the input, each rotated 13 bits further to the right, in ones' complement, from the last octet on.
  for (let i = total - 1; i >= 0; i--) {
    const copy = Math.floor(i / input.length);
    const within = (i % input.length) * 8;
    let octet = 0;
    for (let bit = 0; bit < 8; bit++) {
      const from = (((within + bit - 13 * copy) % bits) + bits) % bits;
      octet = (octet << 1) | ((input[from >> 3]! >> (7 - (from & 7))) & 1);
    }
    const at = i % length;
    carry += output[at]! + octet;
    output[at] = carry & 255;
    carry >>= 8;
  }
  for (let at = length - 1; carry > 0; at = (at + length - 1) % length) {
    carry += output[at]!;
    output[at] = carry & 255;
    carry >>= 8;
  }
  return output;
}
