import type { Client, HostView } from '@atelier/api';
import type { Argument } from '../../command/verb.ts';
import { allPages } from '../../connection/all-pages.ts';
import { notFound } from '../../failure/cli-failure.ts';

export const hostArgument: Argument = { name: 'host', summary: 'the host’s name or id', completes: 'host' };

/** A host by its name or id. */
export async function findHost(api: Client, nameOrId: string): Promise<HostView> {
  const search = nameOrId.slice(0, 100);
  const named = await allPages((query) => api.hosts.list({ query: { ...query, search } }), 10_000);
  const found = named.find((one) => one.name.toLowerCase() === nameOrId.toLowerCase());
  if (found) return found;
  if (/^[0-9A-HJKMNP-TV-Z]{26}$/.test(nameOrId)) return await api.hosts.get({ params: { id: nameOrId } });
  throw notFound('host', nameOrId, 'list them with "atelier host ls"');
}
