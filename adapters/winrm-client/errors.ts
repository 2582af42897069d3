import { AtelierError, type ErrorKind } from '@atelier/domain/errors';

const kind = (code: string, status: number, title: string, cause: string, fix: string): ErrorKind => ({
  code,
  status,
  title,
  cause,
  fix,
});

/** The errors of this adapter besides the faults that a host answers (`WsmanFault`): give them to `registerErrors` when composing. */
export const winrmErrors: readonly ErrorKind[] = [
  kind(
    'winrm.unreachable',
    503,
    'the host cannot be reached',
    'its name or port is wrong, it is off, its listener does not run, or a firewall is between',
    'try "winrm identify -r:HOST"; on the host look at the listener with "winrm enumerate winrm/config/listener"',
  ),
  kind(
    'winrm.denied',
    401,
    'the host refused the logon',
    'the user name or the password is wrong, or the host does not offer this kind of authentication',
    'type both again, or choose another authentication with -a:',
  ),
  kind(
    'winrm.certificate',
    502,
    'the certificate of the host is not trusted',
    'it comes from an authority that is not trusted here, is for another name, has expired, or is not the pinned one',
    'give the authority or the fingerprint of the host, or give the host a certificate of its name',
  ),
  kind(
    'winrm.unencrypted',
    400,
    'this would travel unencrypted',
    'Basic over HTTP, or an answer in clear on an encrypted logon',
    'use HTTPS, Negotiate or Kerberos; or allow it with -unencrypted on a network that nobody else can read',
  ),
  kind(
    'winrm.timeout',
    504,
    'the host did not answer in time',
    'the operation takes longer than its time-out, or the network lost the answer',
    'try again, with a longer time-out',
  ),
  kind(
    'winrm.redirected',
    502,
    'the host sent us to another address',
    'a redirection is followed only when that was allowed, and only once',
    'use the other address, if you know it',
  ),
  kind(
    'winrm.answer',
    502,
    'the answer is not one of WS-Management',
    'something else answers at this address, or the answer was cut off or changed',
    'check the port and the URL prefix',
  ),
  kind(
    'winrm.request',
    400,
    'the request is not complete',
    'an address, a credential or a locator is not written as it must be',
    'see the detail',
  ),
];

export type WinrmErrorCode =
  | 'winrm.unreachable'
  | 'winrm.denied'
  | 'winrm.certificate'
  | 'winrm.unencrypted'
  | 'winrm.timeout'
  | 'winrm.redirected'
  | 'winrm.answer'
  | 'winrm.request';

/** An error of the client's own. */
export const winrmError = (code: WinrmErrorCode, detail: string, cause?: unknown): AtelierError =>
  new AtelierError(code, detail, { cause });

/** Whether an error has one of this adapter's codes. */
export const isWinrmError = (error: unknown, code?: WinrmErrorCode): error is AtelierError =>
  error instanceof AtelierError && (code === undefined ? error.code.startsWith('winrm.') : error.code === code);
