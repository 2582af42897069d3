import { TrimError } from './trim-error.ts';

/** A file system's error with the code that people are shown; errors that have one already stay as they are. */
export function trimIoError(error: unknown, doing: string): Error {
  if (error instanceof TrimError) return error;
  const { code, message } = error as { readonly code?: string; readonly message: string };
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new TrimError(full ? 'trim.disk-full' : 'trim.io', `${doing}: ${message}`, { cause: error });
}
