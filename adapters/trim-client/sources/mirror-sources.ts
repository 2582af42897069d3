import http from 'node:http';
import https from 'node:https';
import { TrimError } from '@atelier/trim';
import type { RepositoryAccess } from '../fetch-types.ts';
import { answerOf, askOnce, failureOf } from './http-answer.ts';
import type { RangeSource } from './source.ts';

type Credentials = {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
};

/** The repository's addresses as sources, over shared kept-alive connections and credentials, in order of preference. */
export function mirrorSources(access: RepositoryAccess, parallel: number): readonly RangeSource[] {
  const bases = access.baseUrls.map(baseUrl);
  const options = { keepAlive: true, maxSockets: parallel, maxFreeSockets: parallel };
  const agents = { 'http:': new http.Agent(options), 'https:': new https.Agent({ ...options, ...access.tls }) };
  const idleMs = access.idleTimeoutMs ?? 30_000;
  const renewable = access.headers !== undefined || access.query !== undefined;
  let credentials: Promise<Credentials> | undefined;
  const get = (reason: 'first' | 'unauthorized'): Promise<Credentials> => {
    credentials = readCredentials(access, reason);
    // whoever waits for them meets the error; nobody else has to
    credentials.catch(() => undefined);
    return credentials;
  };

  const ask: (base: URL) => RangeSource['ask'] = (base) => async (path, range, signal) => {
    const url = new URL(path, base);
    const shown = url.origin + url.pathname;
    const once = async (used: Credentials) => {
      const full = new URL(url);
      for (const [name, value] of Object.entries(used.query)) full.searchParams.set(name, value);
      const agent = agents[url.protocol as 'http:'];
      return await askOnce({ url: full, agent, headers: used.headers, range, idleMs, signal });
    };
    try {
      const used = credentials ?? get('first');
      let response = await once(await used);
      // object stores say 403 when a query's signature has ended
      const refused =
        response.statusCode === 401 || (response.statusCode === 403 && Object.keys((await used).query).length > 0);
      if (refused && renewable) {
        response.resume();
        // several requests meet the same refusal: only the first asks for new credentials
        response = await once(await (credentials === used ? get('unauthorized') : (credentials ?? get('first'))));
      }
      return answerOf(response, shown, idleMs);
    } catch (error) {
      throw failureOf(error, shown, signal);
    }
  };

  return bases.map((base) => ({
    kind: 'network' as const,
    name: base.origin + base.pathname,
    ask: ask(base),
    close: () => {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  }));
}

async function readCredentials(access: RepositoryAccess, reason: 'first' | 'unauthorized'): Promise<Credentials> {
  // one after the other: the headers' answer may bring the query with it
  const headers = (await access.headers?.(reason)) ?? {};
  return { headers, query: (await access.query?.(reason)) ?? {} };
}

function baseUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text.endsWith('/') ? text : `${text}/`);
  } catch (cause) {
    throw new TrimError('trim.network', `not an address of a repository: ${text.slice(0, 200)}`, { cause });
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new TrimError('trim.network', `not an http address: ${url.protocol}`);
  return url;
}
