import { StoreError } from '@atelier/plugin-kit/broker';

/** PostgreSQL's word for a value that it does not take, as plug-ins know it; other errors stay what they are. */
export function storeFailure(error: unknown, what: string): never {
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  if (code === '23505') throw new StoreError('exists', `there is ${what} already`, { cause: error });
  if (code?.startsWith('23') || code?.startsWith('22'))
    throw new StoreError('bad-value', `${what} cannot be stored: ${message}`, { cause: error });
  throw error;
}
