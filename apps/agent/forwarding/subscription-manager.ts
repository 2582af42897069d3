import { AtelierError } from '@atelier/domain/errors';

/** A collector that this machine asks for its subscriptions. Times in seconds. */
export interface SubscriptionManager {
  readonly server: string;
  /** How often the collector is asked again. */
  readonly refresh: number;
  /** SHA-1 of the authority of the certificate to show, hexadecimal; null leaves the choice to us. */
  readonly issuer: string | null;
}

/** What Windows takes when the policy says nothing. */
const usualRefresh = 900;
const longestRefresh = 86_400;

/**
 * Reads `Server=https://…/wsman/SubscriptionManager/WEC,Refresh=60,IssuerCA=…`, the form of Windows' policy "Configure target Subscription Manager".
 * @throws AtelierError `request.invalid`
 */
export function parseSubscriptionManager(text: string): SubscriptionManager {
  const wrong = (why: string) =>
    new AtelierError(
      'request.invalid',
      `"${text}" is no subscription manager: ${why}; it is written Server=https://NAME:PORT/wsman/SubscriptionManager/WEC,Refresh=SECONDS`,
    );
  const parts = new Map<string, string>();
  for (const part of text.split(',')) {
    const at = part.indexOf('=');
    const name = part.slice(0, at).trim().toLowerCase();
    if (at < 1 || !['server', 'refresh', 'issuerca'].includes(name)) throw wrong(`"${part}" is unknown`);
    if (parts.has(name)) throw wrong(`${name} stands twice`);
    parts.set(name, part.slice(at + 1).trim());
  }
  const server = URL.parse(parts.get('server') ?? '');
  if (server?.protocol !== 'https:') throw wrong('Server must begin with https://');
  if (server.username || server.password) throw wrong('a password does not belong in it');
  const refresh = parts.get('refresh') ?? String(usualRefresh);
  if (!/^\d{1,5}$/.test(refresh) || Number(refresh) < 1 || Number(refresh) > longestRefresh)
    throw wrong(`Refresh is from 1 to ${longestRefresh} seconds`);
  const issuer = parts.get('issuerca')?.replaceAll(/[\s:]/g, '').toUpperCase() ?? null;
  if (issuer !== null && !/^[0-9A-F]{40}$/.test(issuer)) throw wrong('IssuerCA is a SHA-1 of 40 hexadecimal digits');
  return { server: server.href, refresh: Number(refresh), issuer };
}

/** The same as text. */
export const writeSubscriptionManager = ({ server, refresh, issuer }: SubscriptionManager): string =>
  `Server=${server},Refresh=${refresh}${issuer === null ? '' : `,IssuerCA=${issuer}`}`;
