import { z } from 'zod';

/** WinRM's ports. */
export const defaultPorts = { http: 5985, https: 5986 } as const;

/**
 * Where a host listens: `https://name:5986/wsman`. Written shorter it is completed: a bare name means HTTPS, WinRM's port and path.
 * Throws nothing; null when the text is no such address.
 */
export function completeAddress(text: string): string | null {
  const whole = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(whole)) return null;
  const url = new URL(whole);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  if (url.username || url.password || url.search || url.hash) return null;
  const secure = url.protocol === 'https:';
  // URL drops 443 and 80 as defaults of its own: they are WinRM's compatibility listeners when written out.
  const written = /^[a-z]+:\/\/(?:\[[^\]]*\]|[^/:]*):(\d+)/i.exec(whole)?.[1];
  const port = written ?? String(secure ? defaultPorts.https : defaultPorts.http);
  return `${url.protocol}//${url.hostname}:${port}${url.pathname === '/' ? '/wsman' : url.pathname}`;
}

export const hostAddressSchema = z
  .string()
  .min(1)
  .max(300)
  .transform((text, context) => {
    const address = completeAddress(text);
    if (address) return address;
    context.addIssue({ code: 'custom', message: 'an address like https://name:5986/wsman' });
    return z.NEVER;
  });

/** Name of a host in lists and commands. */
export const hostNameSchema = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u, 'letters, digits, ".", "_" and "-"');
