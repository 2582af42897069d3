/** Tags as one number: the identifier octet of X.690 §8.1.2 (class, constructed bit, number below 31). */
export const tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  generalizedTime: 0x18,
  generalString: 0x1b,
  sequence: 0x30,
  set: 0x31,
} as const;

/** `[n]` constructed, context class: an EXPLICIT tag, or an IMPLICIT one of a constructed type. n is 0 to 30. */
export const context = (n: number): number => 0xa0 | n;

/** `[APPLICATION n]` constructed. n is 0 to 30. */
export const application = (n: number): number => 0x60 | n;
