import { isRdpError } from '@atelier/rdp';
import { isSpnegoError } from '@atelier/spnego';

/** Bytes that no client sends; a client that went away or was too slow; or something of ours. */
export type Fault = 'client' | 'nobody' | 'ours';

const hangUps = new Set([
  'the client hung up',
  'tls was not established',
  'the client hung up during nla',
  'Premature close',
]);

/** Whether it was OpenSSL that did not understand the peer; an alert is something that the peer said, such as that it does not like our certificate. */
function isBrokenTls(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code.startsWith('ERR_SSL_') && !code.includes('ALERT');
}

/**
 * Whose fault it was that a client did not come through. `broken`: the errors that its sockets ended with; what a program far away can cause must not fill
 * the log, and what it should not do counts against its address.
 */
export function whoseFault(error: unknown, broken: readonly (Error | null)[]): Fault {
  if (isRdpError(error) || isSpnegoError(error)) return 'client';
  if (!(error instanceof Error)) return 'ours';
  if (isBrokenTls(error) || isBrokenTls(error.cause)) return 'client';
  const went = error.name === 'TimeoutError' || hangUps.has(error.message) || broken.includes(error);
  return went ? 'nobody' : 'ours';
}
