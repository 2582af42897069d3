import { RdpError } from '@atelier/rdp';
import { expect, it } from 'vitest';
import { whoseFault } from './whose-fault.ts';

const coded = (code: string, message = code) => Object.assign(new Error(message), { code });
const reset = coded('ECONNRESET');

it.each([
  [
    'octets that are no tls',
    new Error('tls was not established', { cause: coded('ERR_SSL_WRONG_VERSION_NUMBER') }),
    'client',
  ],
  ['a record that was tampered with', coded('ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC'), 'client'],
  [
    'a certificate that it does not like',
    new Error('tls was not established', { cause: coded('ERR_SSL_TLS_ALERT_UNKNOWN_CA') }),
    'nobody',
  ],
  ['a flood instead of a sign-in', new RdpError('limits', 'the client sends more than nla needs'), 'client'],
  ['a hang-up', new Error('tls was not established', { cause: undefined }), 'nobody'],
  ['a reset', reset, 'nobody'],
  ['being slow', AbortSignal.abort(new DOMException('late', 'TimeoutError')).reason as Error, 'nobody'],
  ['a database that does not answer', coded('ECONNRESET'), 'ours'],
  ['what is no error at all', 'odd', 'ours'],
] as const)('takes %s for the fault of whom it is', (_, error, fault) => {
  expect(whoseFault(error, [null, reset])).toBe(fault);
});
