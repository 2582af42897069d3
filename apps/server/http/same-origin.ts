import type { IncomingHttpHeaders } from 'node:http';
import { AtelierError } from '@atelier/domain/errors';

const refused = () =>
  new AtelierError('people.not-allowed', 'a page of another site sent this request', {
    extra: { origin: 'cross-site' },
  });

function sameHost(origin: string, host: string | undefined, publicUrl: string): boolean {
  if (origin === new URL(publicUrl).origin) return true;
  try {
    const from = new URL(origin);
    return from.protocol === 'https:' && host !== undefined && from.host === host.toLowerCase();
  } catch {
    return false;
  }
}

/**
 * Refuses what a page of another site makes a browser send. With `cookie`, the request carries the browser's own
 * credentials, so it must prove that it comes from our pages; without, only a proof of the contrary is refused.
 *
 * @throws AtelierError `people.not-allowed`
 */
export function requireSameOrigin(headers: IncomingHttpHeaders, publicUrl: string, cookie: boolean): void {
  const site = headers['sec-fetch-site'];
  const { origin } = headers;
  if (origin !== undefined && !sameHost(origin, headers.host, publicUrl)) throw refused();
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw refused();
  if (cookie && origin === undefined && site !== 'same-origin') throw refused();
}
