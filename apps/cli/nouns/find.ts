import type { Client, EndpointView, Group, User } from '@atelier/api';
import { allPages } from '../connection/all-pages.ts';
import { notFound } from '../failure/cli-failure.ts';

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/** People type names; some addresses want ids. */
export const findUser = (api: Client, nameOrId: string): Promise<User> =>
  api.people.getUser({ params: { id: nameOrId } });

export const findGroup = (api: Client, nameOrId: string): Promise<Group> =>
  api.people.getGroup({ params: { id: nameOrId } });

/** An endpoint by its id, or by its name when only one has it. */
export async function findEndpoint(api: Client, nameOrId: string): Promise<EndpointView> {
  const all = await allPages((query) => api.endpoints.list({ query }), 10_000);
  const found = all.filter((one) => one.id === nameOrId || same(one.name, nameOrId));
  if (found.length === 1) return found[0]!;
  throw notFound(
    'endpoint',
    nameOrId,
    found.length > 1
      ? `several have this name: take the id from "atelier endpoint ls"`
      : 'list them with "atelier endpoint ls"',
  );
}
