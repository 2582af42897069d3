import type { ErrorKind } from '@atelier/domain/errors';
import { trimErrors } from '@atelier/trim';

/** Trim Transfer's errors in the form of the others. */
export const trimErrorTable: readonly ErrorKind[] = Object.entries(trimErrors).map(([code, { cause, fix }]) => ({
  code,
  status: code === 'trim.disk-full' ? 507 : 502,
  title: 'the transfer of an image failed',
  cause,
  fix,
}));
