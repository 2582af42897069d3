import { connectAsChosen } from '../connection/connect.ts';
import { openContextStore } from '../connection/context-store.ts';
import { openLocalClient } from '../local/local-client.ts';
import type { CompletionWorld } from './candidates.ts';

const query = { limit: 200 };

/** Names that exist right now. A server that is away or slow costs completion, not the person: then there are none. */
export const liveNames =
  (options: { context?: string }): CompletionWorld['names'] =>
  async (kind) => {
    if (kind === 'context') return Object.keys(openContextStore().all);
    const signal = AbortSignal.timeout(1500);
    if (kind === 'local-workspace') {
      const client = openLocalClient();
      const status = await client.api.status({}, { signal }).finally(client.close);
      return status.workspaces.map((one) => one.name);
    }
    const connection = connectAsChosen(options);
    const { api, close } = connection;
    const names = <Item>(page: Promise<{ items: readonly Item[] }>, name: (one: Item) => string) =>
      page.then(({ items }) => items.map(name)).finally(close);
    if (kind === 'image') return names(api.images.list({ query }, { signal }), (one) => one.name);
    if (kind === 'workspace') return names(api.workspaces.list({ query }, { signal }), (one) => one.name);
    if (kind === 'user') return names(api.people.listUsers({ query }, { signal }), (one) => one.name);
    if (kind === 'group') return names(api.people.listGroups({ query }, { signal }), (one) => one.name);
    if (kind === 'endpoint') return names(api.endpoints.list({ query }, { signal }), (one) => one.name);
    if (kind === 'host') return names(api.hosts.list({ query }, { signal }), (one) => one.name);
    if (kind === 'collection') return names(api.collections.list({ query }, { signal }), (one) => one.name);
    if (kind === 'target') return names(api.targets.list({ query }, { signal }), (one) => one.name);
    if (kind === 'environment') return names(api.targets.listEnvironments({ query }, { signal }), (one) => one.name);
    if (kind === 'session') return names(api.desktopSessions.list({ query }, { signal }), (one) => one.id);
    if (kind === 'desktop') return names(api.myDesktops.list({}, { signal }), (one) => one.name);
    return names(api.tasks.list({ query }, { signal }), (one) => one.id);
  };
