import type { AnsweredHeaders, RequestHeaders } from '@atelier/wsman';
import type { WinrmConfig } from '../config/winrm-config.ts';

/** Bytes that the answer may have: what the client takes, within what we send. */
export function envelopeLimit(headers: AnsweredHeaders | RequestHeaders, config: WinrmConfig): number {
  const most = config.MaxEnvelopeSizekb * 1024;
  return 'maxEnvelopeSize' in headers && headers.maxEnvelopeSize !== null
    ? Math.min(headers.maxEnvelopeSize, most)
    : most;
}
