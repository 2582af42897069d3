/** Why a store refuses. */
export type StoreErrorCode = 'not-found' | 'exists' | 'not-owner' | 'sync-conflict' | 'lock-timeout' | 'bad-value';

/** What methods of the stores reject with. Plug-ins that run on their own know it by `name` and `code`. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
