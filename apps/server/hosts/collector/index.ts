import type { IncomingMessage } from 'node:http';
import { AtelierError } from '@atelier/domain/errors';
import type { ArrivedMessage, BytesAnswer, Routes } from '../../http/routes.ts';
import type { Services } from '../../services.ts';
import { answerSource } from './answer-source.ts';
import { sourceHost } from './source-host.ts';
import { tellSilentSources } from './source-lease.ts';
import { deliveryPath } from './subscription.ts';

/** Where a source asks for its subscriptions: what Windows' policy "Configure target Subscription Manager" names. */
export const subscriptionManagerPath = '/wsman/SubscriptionManager/WEC';
/** A source keeps to 512,000 bytes; text that is escaped twice and headers come on top. */
const largestMessage = 2 * 1024 * 1024;
const lookEvery = 5000;
const mutual = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual';

/** This server as the caller reached it: the name in its request is the one that it trusts our certificate under. */
function originOf({ request }: ArrivedMessage, services: Services): string {
  const { host } = request.headers;
  return host && /^[\w.:[\]-]{1,260}$/.test(host) && URL.canParse(`https://${host}`)
    ? `https://${host}`
    : services.publicUrl();
}

/**
 * The collector of source-initiated subscriptions (MS-WSMV 3.1.4.1.30): hosts that nobody can reach, or that a policy tells to, ask for their subscription and
 * deliver. They sign in with their certificate by this server's authority.
 */
export function startCollector(routes: Routes, services: Services): { readonly stop: () => Promise<void> } {
  const taking = async (message: ArrivedMessage, own: (hostId: string) => boolean): Promise<BytesAnswer> => {
    const hostId = sourceHost(message.request);
    if (!hostId || !own(hostId)) throw new AtelierError('request.not-found', 'this subscription is another host’s');
    const encoding = message.request.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') return { status: 415, body: '' };
    // Windows begins with an empty message, to see whether it may sign in.
    if (message.body.length === 0) return { body: '' };
    return await answerSource(services, { hostId, origin: originOf(message, services) }, message.body);
  };
  const admission = {
    largest: largestMessage,
    challenge: mutual,
    admits: (request: IncomingMessage) => sourceHost(request) !== null,
  };
  routes.messages(subscriptionManagerPath, admission, (message) => taking(message, () => true));
  routes.messages('/wsman/subscriptions/:subscription/:number', admission, (message) => {
    const { subscription, number } = message.params;
    const path = `/wsman/subscriptions/${subscription?.toUpperCase()}/${number}`;
    return taking(message, (hostId) => deliveryPath(hostId) === path);
  });

  let looking: Promise<void> | null = null;
  const timer = setInterval(() => {
    looking ??= tellSilentSources(services)
      .catch((error) => services.log.warn({ err: error }, 'silent hosts could not be looked for'))
      .finally(() => {
        looking = null;
      });
  }, lookEvery);
  return {
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
