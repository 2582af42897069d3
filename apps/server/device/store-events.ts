import { insertEvents } from '@atelier/adapters/postgres';
import { eventKindByCode, type QueuedEvent } from '@atelier/domain/events';
import type { Services } from '../services.ts';

/**
 * Stores a batch of an endpoint's events, each exactly once however often the batch comes. `upTo` is the highest sequence
 * of the batch: everything in it is stored, and the endpoint may forget it.
 */
export async function storeEvents(
  services: Pick<Services, 'db'>,
  endpoint: { readonly id: string; readonly name: string },
  events: readonly QueuedEvent[],
): Promise<{ readonly upTo: number; readonly stored: number }> {
  const stored = await insertEvents(
    services.db,
    events.map((event) => {
      const kind = eventKindByCode(event.code);
      return {
        source: { kind: 'endpoint', id: endpoint.id, seq: event.sequence },
        code: event.code,
        // A newer client may know kinds that this server does not: they are kept, under their number.
        name: kind?.name ?? `event.${event.code}`,
        severity: event.severity,
        category: kind?.category ?? 'unknown',
        description: event.detail,
        clientTime: new Date(event.clientTime),
        hostName: endpoint.name,
        userName: event.userName,
        workspaceName: event.workspace,
        correlationId: event.correlationId,
        data: event.data,
      };
    }),
  );
  return { upTo: Math.max(...events.map((event) => event.sequence)), stored };
}
