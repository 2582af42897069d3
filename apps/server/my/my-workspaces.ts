import type { MyWorkspace } from '@atelier/api';
import { instanceQuery, instanceView } from '../endpoints/index.ts';
import type { Services } from '../services.ts';
import { grantedWorkspaces } from '../workspaces/index.ts';
import { usableEndpoints } from './usable-endpoints.ts';

/** Most computers that are offered: a list for a person, not for a helpdesk. */
const mostEndpoints = 100;

/**
 * The workspaces of a person, each with the computers where it is or could be: those that are connected now, and those
 * where the person has it. What an assignment gives to a computer alone shows on that computer only.
 */
export async function myWorkspaces(services: Services, userId: string): Promise<MyWorkspace[]> {
  const { db } = services;
  const instances = (await instanceQuery(db).where('instance.user_id', '=', userId).execute()).map(instanceView);
  const endpoints = await usableEndpoints(db, userId)
    .where(({ eb, or }) =>
      or([
        eb('endpoint.state', '=', 'online'),
        ...(instances.length > 0
          ? [eb('endpoint.id', 'in', [...new Set(instances.map((one) => one.endpointId))])]
          : []),
      ]),
    )
    .orderBy('endpoint.state', 'desc')
    .orderBy('endpoint.name')
    .limit(mostEndpoints)
    .execute();
  const everywhere = await grantedWorkspaces(services, db, { userId });
  const byDevice = await devicesWithAssignments(
    services,
    endpoints.map((one) => one.id),
  );
  const found = new Map<string, MyWorkspace & { endpoints: MyWorkspace['endpoints'] }>();
  const add = (granted: (typeof everywhere)[number], on: readonly (typeof endpoints)[number][]) => {
    const seen = found.get(granted.workspaceId)?.endpoints ?? [];
    const more = on
      .filter((one) => !seen.some((known) => known.endpointId === one.id))
      .map((one) => ({
        endpointId: one.id,
        name: one.name,
        online: one.state === 'online',
        instance:
          instances.find((each) => each.workspaceId === granted.workspaceId && each.endpointId === one.id) ?? null,
      }));
    found.set(granted.workspaceId, {
      workspaceId: granted.workspaceId,
      name: granted.name,
      description: granted.description,
      supportContact: granted.supportContact,
      image: granted.image,
      version: granted.version,
      enabled: granted.enabled,
      expiresOn: granted.limits.expiresOn,
      endpoints: [...seen, ...more],
    });
  };
  for (const granted of everywhere) add(granted, endpoints);
  for (const endpoint of endpoints.filter((one) => byDevice.has(one.id)))
    for (const granted of await grantedWorkspaces(services, db, { userId, endpointId: endpoint.id }))
      if (!everywhere.some((one) => one.workspaceId === granted.workspaceId)) add(granted, [endpoint]);
  return [...found.values()];
}

async function devicesWithAssignments(services: Services, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await services.db
    .selectFrom('assignment')
    .select('endpoint_id')
    .where('endpoint_id', 'in', ids)
    .execute();
  return new Set(rows.map((row) => row.endpoint_id!));
}
