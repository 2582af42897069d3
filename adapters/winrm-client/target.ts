import { isIPv6 } from 'node:net';
import type { Target } from './connection-options.ts';
import { winrmError } from './errors.ts';

/** Reads an address: a URL, or `host`, `host:port`, `[::1]:port` for HTTPS. Throws `winrm.request`. */
export function readTarget(address: string): Target {
  const text = /^https?:\/\//i.test(address) ? address : `https://${isIPv6(address) ? `[${address}]` : address}`;
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw winrmError('winrm.request', `"${address}" is no address of a host`, cause);
  }
  if (url.username !== '' || url.password !== '')
    throw winrmError('winrm.request', 'an address must not hold a user or a password');
  const tls = url.protocol === 'https:';
  // URL drops a port that is the scheme's own, which somebody wrote on purpose.
  const written = /^https?:\/\/(?:\[[^\]]*\]|[^/:?#]*):(\d+)/i.exec(text)?.[1];
  const port = written ? Number(written) : tls ? 5986 : 5985;
  const path = url.pathname === '/' ? '/wsman' : url.pathname + url.search;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { tls, host, port, path, url: `${tls ? 'https' : 'http'}://${url.hostname}:${port}${path}` };
}
