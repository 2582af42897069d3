/** Why bytes were not taken. Stable: programs may decide by it. */
export type RdpReason =
  /** The bytes end before the message does. */
  | 'truncated'
  /** Bytes that the specification does not allow here. */
  | 'malformed'
  /** More than the limits of this package allow. */
  | 'limits'
  /** A message that is well formed but not due now. */
  | 'out-of-order'
  /** Well formed, but a choice that this package does not make (standard RDP security, compression of input). */
  | 'unsupported';

/** Anything that this package throws. Messages never hold passwords or other content of the message. */
export class RdpError extends Error {
  override readonly name = 'RdpError';
  readonly reason: RdpReason;

  constructor(reason: RdpReason, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.reason = reason;
  }
}

/** Whether `error` is an RdpError, optionally for one of the given reasons. */
export function isRdpError(error: unknown, ...reasons: readonly RdpReason[]): error is RdpError {
  return error instanceof RdpError && (reasons.length === 0 || reasons.includes(error.reason));
}
