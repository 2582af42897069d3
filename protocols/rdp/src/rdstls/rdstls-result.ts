/** `ResultCode` of the RDSTLS Authentication Response ([MS-RDPBCGR] 2.2.17.4): Windows error codes. */
export const rdstlsResult = {
  success: 0,
  accessDenied: 5,
  logonFailure: 0x52e,
  invalidLogonHours: 0x530,
  passwordExpired: 0x532,
  accountDisabled: 0x533,
  passwordMustChange: 0x773,
  accountLockedOut: 0x775,
} as const;

export type RdstlsResult = keyof typeof rdstlsResult;
