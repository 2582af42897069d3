/** NEGOTIATE flags (MS-NLMP §2.2.2.5), those that we know. */
export const flag = {
  unicode: 0x00000001,
  oem: 0x00000002,
  requestTarget: 0x00000004,
  sign: 0x00000010,
  seal: 0x00000020,
  ntlm: 0x00000200,
  anonymous: 0x00000800,
  alwaysSign: 0x00008000,
  targetTypeDomain: 0x00010000,
  targetTypeServer: 0x00020000,
  extendedSessionSecurity: 0x00080000,
  targetInfo: 0x00800000,
  version: 0x02000000,
  key128: 0x20000000,
  keyExchange: 0x40000000,
  key56: 0x80000000,
} as const;

/** Whether all bits of `wanted` are in `flags`. */
export const has = (flags: number, wanted: number): boolean => (flags & wanted) >>> 0 === wanted >>> 0;
