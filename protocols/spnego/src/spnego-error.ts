import type { SpnegoErrorCode } from './spnego-errors.ts';

/** What a `SpnegoError` may carry besides its text. */
export interface SpnegoErrorOptions {
  readonly cause?: unknown;
  /** A token that tells the peer why (a SPNEGO reject, a KRB-ERROR, a TSRequest with an error code): send it, then end. */
  readonly reply?: Uint8Array;
}

/**
 * What every part of this package throws. `code` is stable and is looked up in `spnegoErrors` for the cause and the fix
 * that people are shown; `message` tells this one case. Messages hold no secrets. After one of these the context is dead.
 */
export class SpnegoError extends Error {
  override readonly name = 'SpnegoError';
  readonly code: SpnegoErrorCode;
  readonly reply: Uint8Array | undefined;

  constructor(code: SpnegoErrorCode, message: string, options?: SpnegoErrorOptions) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.reply = options?.reply;
  }
}

/** Whether `error` is a SpnegoError, optionally of one of the given codes. */
export function isSpnegoError(error: unknown, ...codes: readonly SpnegoErrorCode[]): error is SpnegoError {
  return error instanceof SpnegoError && (codes.length === 0 || codes.includes(error.code));
}
