import https from 'node:https';
import type { PeerAccess } from '../fetch-types.ts';
import { answerOf, askOnce, failureOf } from './http-answer.ts';
import type { RangeSource } from './source.ts';

/** A peer stands on the same site: one that cannot be reached at once will not be. */
const connectMs = 2000;
/** A site cache may have to fetch first what it is asked for. */
const idleMs = 20_000;

/**
 * Another endpoint, or a site cache, as a source. It must show the certificate that our authority gave to exactly that
 * endpoint; it is shown ours, and the pass of our server. What it gives is verified like everything else.
 */
export function peerSource({ url, endpointId, tls, pass }: PeerAccess, parallel: number): RangeSource {
  const base = new URL(url.endsWith('/') ? url : `${url}/`);
  const agent = new https.Agent({
    ...tls,
    keepAlive: true,
    maxSockets: parallel,
    maxFreeSockets: parallel,
    minVersion: 'TLSv1.3',
    // its addresses change; what is known of it is its id, and the authority vouches for that
    checkServerIdentity: (_, { subject }) =>
      subject?.CN === endpointId ? undefined : new Error(`${base.host} is not the endpoint ${endpointId}`),
  });
  return {
    kind: 'peer',
    name: base.origin,
    ask: async (path, range, signal) => {
      const target = new URL(`repository/${path}`, base);
      try {
        const headers = { authorization: `Bearer ${pass}` };
        return answerOf(
          await askOnce({ url: target, agent, headers, range, idleMs, connectMs, signal }),
          target.href,
          idleMs,
        );
      } catch (error) {
        throw failureOf(error, target.href, signal);
      }
    },
    close: () => agent.destroy(),
  };
}
