import { type PropertyValue, propertiesOf, resourceLocator, withSelector } from '@atelier/adapters/winrm-client';
import type { hostEndpoints } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { Handlers } from '../http/handlers.ts';
import type { Services } from '../services.ts';
import { contactHost } from './contact-host.ts';
import { withHost } from './host-problem.ts';
import type { HostSessions } from './host-sessions.ts';
import { hostView, readHostRow } from './host-view.ts';

type GivenInput = Parameters<Awaited<ReturnType<HostSessions['open']>>['session']['invoke']>[2];

/** Everything of one row as JSON. */
const plain = (properties: Readonly<Record<string, PropertyValue>>) =>
  JSON.parse(JSON.stringify({ ...properties })) as Record<string, unknown>;

/** Class names that WMI keeps for itself begin with two underscores; the query's own check is the host's. */
function sourceOf(query: { namespace: string; className?: string; wql?: string }): {
  uri: string;
  filter?: string;
  className: string;
} {
  if (query.wql !== undefined) {
    const named = /\bfrom\s+([A-Za-z_]\w*)/i.exec(query.wql)?.[1] ?? '';
    return { uri: `wmi/${query.namespace}/*`, filter: query.wql, className: named };
  }
  if (query.className === undefined) throw new AtelierError('request.invalid', 'query: give className or wql');
  return { uri: `wmi/${query.namespace}/${query.className}`, className: query.className };
}

/** What is asked of the host itself, at this moment. */
export function liveHandlers(
  services: Services,
  sessions: HostSessions,
): Pick<Handlers<typeof hostEndpoints>, 'refresh' | 'instances' | 'invoke'> {
  return {
    refresh: async ({ params }, context) => {
      await contactHost(services, sessions, params.id, context.signal);
      return hostView(await readHostRow(services.db, params.id));
    },

    instances: async ({ params, query }, context) => {
      const { row, session } = await sessions.open(params.id);
      const { uri, filter, className } = sourceOf(query);
      return await withHost(row.name, async () => {
        const items: Record<string, unknown>[] = [];
        for await (const item of session.enumerate(uri, { filter, signal: context.signal })) {
          if (items.length === query.limit) return { className, items, more: true };
          items.push(plain(propertiesOf(item)));
        }
        return { className, items, more: false };
      });
    },

    invoke: async ({ params, body }, context) => {
      const { row, session } = await sessions.open(params.id);
      const whole = Object.entries(body.selectors).reduce(
        (locator, [name, value]) => withSelector(locator, name, value),
        resourceLocator(`wmi/${body.namespace}/${body.className}`),
      );
      // Before the call: what was asked is known even when the host is lost over it.
      await services.database.withTransaction(async (trx) => {
        await services.audit.append(trx, context, {
          verb: 'host.invoke',
          object: { kind: 'host', id: row.id, name: row.name },
          before: null,
          after: { className: body.className, method: body.method, selectors: body.selectors },
        });
      });
      const output = await withHost(row.name, () =>
        session.invoke(body.method, whole, body.input as GivenInput, { signal: context.signal }),
      );
      return { output: plain(propertiesOf(output)) };
    },
  };
}
