import { isIP } from 'node:net';

const policy = [
  "default-src 'self'",
  // Compiling WebAssembly, for the desktop in the browser; no scripts by `eval`.
  "script-src 'self' 'wasm-unsafe-eval'",
  // The component library writes style attributes and elements.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  // IronRDP fetches its WebAssembly from its own `data:` address; nothing leaves the page by one.
  "connect-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const always = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
} as const;

/** Headers of every answer. Strict transport is left out for `localhost` and addresses, where it would hold for other programs of this machine too. */
export function securityHeaders(host: string | undefined): Record<string, string> {
  const name = (host ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  const ownName = name !== '' && name !== 'localhost' && isIP(name) === 0;
  return ownName ? { ...always, 'strict-transport-security': 'max-age=31536000' } : { ...always };
}
