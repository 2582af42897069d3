/** `statusCode` of the Server Status Info PDU ([MS-RDPBCGR] 2.2.5.2). */
export const statusInfo = {
  findingDestination: 0x401,
  loadingDestination: 0x402,
  bringingSessionOnline: 0x403,
  redirectingToDestination: 0x404,
  vmLoading: 0x501,
  vmWaking: 0x502,
  vmStarting: 0x503,
  vmStartingMonitoring: 0x504,
  vmRetryingMonitoring: 0x505,
} as const;

export type StatusInfo = keyof typeof statusInfo;
