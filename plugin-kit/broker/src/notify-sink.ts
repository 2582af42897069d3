/**
 * What a person who waits is told. The numbers are those of the Status Info PDU (MS-RDPBCGR 2.2.5.2), which clients that show no lobby translate
 * for themselves.
 */
export const clientStatusNumbers = {
  'finding-destination': 0x401,
  'loading-destination': 0x402,
  'bringing-session-online': 0x403,
  'redirecting-to-destination': 0x404,
  'vm-loading': 0x501,
  'vm-waking': 0x502,
  'vm-booting': 0x503,
  'vm-starting-monitoring': 0x504,
  'vm-retrying-monitoring': 0x505,
} as const;
export type ClientStatus = keyof typeof clientStatusNumbers;

/** Where a step tells how it goes on. */
export interface NotifySink {
  /** Shown to the user in the lobby, over what the broker itself would say (OnReportStatus). `text`: one line, at most 200 characters. */
  report(status: ClientStatus, text?: string): void;
}
