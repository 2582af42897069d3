import { type TrimErrorCode, trimErrors } from './trim-errors.ts';

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

/** The error that a worker thread told of by code and message; codes that are none of ours become `trim.io`. */
export function reviveTrimError(failure: { readonly code: string; readonly message: string }): Error {
  const code = Object.hasOwn(trimErrors, failure.code) ? (failure.code as TrimErrorCode) : 'trim.io';
  return new TrimError(code, failure.message);
}
