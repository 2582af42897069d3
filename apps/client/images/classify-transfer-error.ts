import { AtelierError } from '@atelier/domain/errors';
import { isTrimError } from '@atelier/trim';

/** What is to be done about a transfer that failed. */
export interface TransferFailure {
  readonly error: { readonly code: string; readonly detail: string };
  /** Trying again by itself makes no sense. */
  readonly final: boolean;
  readonly event: 'image.transfer-failed' | 'image.verify-failed' | 'image.disk-space-low';
}

/** What came is not what was signed, or is older than what was seen. */
const tampered = new Set([
  'trim.name',
  'trim.format',
  'trim.limits',
  'trim.root-signature',
  'trim.manifest-signature',
  'trim.manifest-mismatch',
  'trim.rollback',
  'trim.frozen',
  'trim.index-digest',
  'trim.pack-digest',
  'trim.frame-corrupt',
  'trim.root-mismatch',
]);
const hopeless = new Set([
  'trim.format-version',
  'trim.client-too-old',
  'trim.no-channel',
  'trim.no-version',
  'trim.key-missing',
  'trim.tls',
]);

/** Sorts an error of a transfer: tried again, given up, or an alarm. */
export function classifyTransferError(error: unknown): TransferFailure {
  const detail = error instanceof Error ? error.message : String(error);
  const code = isTrimError(error) || error instanceof AtelierError ? error.code : 'client.transfer-failed';
  if (tampered.has(code)) return { error: { code, detail }, final: true, event: 'image.verify-failed' };
  if (code === 'trim.disk-full') return { error: { code, detail }, final: false, event: 'image.disk-space-low' };
  return { error: { code, detail }, final: hopeless.has(code), event: 'image.transfer-failed' };
}
