import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import {
  readItems,
  readSubscriptionItem,
  type SubscriptionItem,
  subscriptionManagerUri,
  UnreadableAnswer,
  type WsmanAnswer,
  writeRequest,
} from '@atelier/wsman';
import type { CollectorLink } from './collector-link.ts';

const most = 64;
const largestEnvelope = 512_000;

const headersTo = (server: string) => ({
  to: server,
  messageId: `uuid:${randomUUID().toUpperCase()}`,
  operationId: `uuid:${randomUUID().toUpperCase()}`,
  sequenceId: 1,
  resource: { resourceUri: subscriptionManagerUri, selectors: [] },
  maxEnvelopeSize: largestEnvelope,
  operationTimeout: 60_000,
  machineId: hostname(),
});

/**
 * Asks a collector what this machine shall deliver: Enumerate of its subscriptions (MS-WSMV 3.1.4.1.30). Only those that it can deliver are given.
 * @throws WsmanFault, CollectorUnreachable, UnreadableAnswer
 */
export async function askSubscriptions(
  link: CollectorLink,
  server: string,
  signal: AbortSignal,
): Promise<readonly SubscriptionItem[]> {
  const found: SubscriptionItem[] = [];
  const take = (answer: WsmanAnswer | null): string | null => {
    if (!answer) throw new UnreadableAnswer('the collector answered with nothing');
    const { items, context } = readItems(answer, 'object');
    for (const { item } of items) if (item) found.push(readSubscriptionItem(item));
    return context;
  };
  const first = {
    kind: 'enumerate',
    filter: null,
    mode: 'object',
    polymorphism: null,
    optimize: true,
    maxElements: 32_000,
    expires: null,
  } as const;
  let context = take(await link.send(server, writeRequest(first, headersTo(server)), 'utf-16', signal));
  while (context !== null && found.length < most) {
    const pull = { kind: 'pull', context, maxElements: 32_000, maxCharacters: null, maxTime: null } as const;
    context = take(await link.send(server, writeRequest(pull, headersTo(server)), 'utf-16', signal));
  }
  return found.slice(0, most).filter((one) => one.subscribe.mode === 'events' && one.subscribe.notifyTo !== null);
}
