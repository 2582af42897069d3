import { watch } from 'node:fs';
import type { TlsIdentity } from '@atelier/adapters/wsman-listener';
import type { ResourceProvider } from '@atelier/plugin-kit';
import { readEnrollment } from '../enrollment/enrollment-file.ts';
import type { LinkIdentity } from './collector-link.ts';
import { forwardingFile, readForwarding } from './forwarding-file.ts';
import type { SubscriptionManager } from './subscription-manager.ts';

/** What bringing events to collectors needs. */
export interface ForwardingOptions {
  readonly stateFolder: string;
  readonly providers: () => readonly ResourceProvider[];
  /** What this machine shows to collectors that it is not enrolled with. */
  readonly tls: () => TlsIdentity;
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
}

/** What this machine shows to a collector, and whose certificate it takes from it: of the server it is enrolled with, that server's authority. */
async function identityFor(server: string, { stateFolder, tls }: ForwardingOptions): Promise<LinkIdentity> {
  const enrollment = await readEnrollment(stateFolder);
  if (!enrollment) return { ...tls(), ca: undefined };
  const { certificate: cert, privateKey: key, ca } = enrollment;
  return { cert, key, ca: enrollment.server === new URL(server).origin ? ca : undefined };
}

/**
 * Brings this machine's events to the collectors of its settings (source-initiated subscriptions), and follows when those change. Gives the function
 * that ends it.
 */
export function startEventForwarding(options: ForwardingOptions): () => Promise<void> {
  const { stateFolder, log } = options;
  const following = new Map<string, { readonly end: AbortController; readonly done: Promise<void> }>();
  const keyOf = (one: SubscriptionManager) => `${one.server} ${one.refresh}`;
  let stopped = false;

  const begin = (manager: SubscriptionManager) => {
    const end = new AbortController();
    const identity = () => identityFor(manager.server, options);
    // Most machines bring nothing by themselves: the code for it is loaded when one does.
    const done = Promise.all([import('./follow-collector.ts'), import('./collector-link.ts')]).then(
      ([{ followCollector }, { collectorLink }]) =>
        followCollector(manager, { ...options, link: collectorLink(identity) }, end.signal),
    );
    following.set(keyOf(manager), { end, done });
  };

  const look = async () => {
    const managers = await readForwarding(stateFolder);
    if (stopped) return;
    const wanted = new Set(managers.map(keyOf));
    for (const [key, one] of following)
      if (!wanted.has(key)) {
        following.delete(key);
        one.end.abort();
        await one.done;
      }
    for (const one of managers) if (!stopped && !following.has(keyOf(one))) begin(one);
  };
  let looking: Promise<void> = Promise.resolve();
  const lookSoon = () => {
    looking = looking
      .then(look)
      .catch((error: unknown) => log({ kind: 'event-forwarding-not-read', error: String(error) }));
  };
  const watcher = watch(stateFolder, { persistent: false }, (_event, name) => {
    if (name === forwardingFile) lookSoon();
  });
  watcher.on('error', (error) => log({ kind: 'event-forwarding-not-watched', error: String(error) }));
  lookSoon();

  return async () => {
    stopped = true;
    watcher.close();
    await looking;
    for (const { end } of following.values()) end.abort();
    await Promise.all([...following.values()].map((one) => one.done));
  };
}
