import type { TrimErrorCode } from './trim-errors.ts';

/**
 * What every part of Trim Transfer throws. `code` is stable and is looked up in `trimErrors` for the cause and the fix
 * that people are shown; `message` tells this one case (which file, which frame, which number).
 */
export class TrimError extends Error {
  override readonly name = 'TrimError';
  readonly code: TrimErrorCode;

  constructor(code: TrimErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Whether `error` is a TrimError, optionally of one of the given codes. */
export function isTrimError(error: unknown, ...codes: readonly TrimErrorCode[]): error is TrimError {
  return error instanceof TrimError && (codes.length === 0 || codes.includes(error.code));
}
