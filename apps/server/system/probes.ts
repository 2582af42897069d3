import { openApi } from '@atelier/api';
import type { FastifyInstance } from 'fastify';
import { permits, requirePermission } from '../http/access.ts';
import { authenticate } from '../http/authenticate.ts';
import type { Gate } from '../http/exchange.ts';
import type { Metrics } from '../http/metrics.ts';
import type { Checks } from './checks.ts';

/** The addresses for programs that watch the server: /healthz (it runs), /readyz (it can work), /metrics, and the API's description. */
export function serveProbes(
  app: FastifyInstance,
  given: { readonly gate: Gate; readonly metrics: Metrics; readonly checks: Checks; readonly version: string },
): void {
  const { gate, metrics, checks, version } = given;
  let stopping = false;
  app.addHook('preClose', async () => {
    stopping = true;
  });
  app.get('/healthz', async (_request, reply) => reply.header('cache-control', 'no-store').send({ ok: true }));
  app.get('/readyz', async (request, reply) => {
    const results = await checks.run();
    const ok = !stopping && results.every((result) => result.ok || result.optional);
    const caller = ok ? undefined : await authenticate(request.raw, gate.credentials).catch(() => undefined);
    // Details may name files and hosts: they are for those who may see the system.
    const full = caller !== undefined && permits(caller.actor, 'system:read');
    const shown = results.map((result) => (full ? result : { name: result.name, ok: result.ok }));
    return reply
      .code(ok ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ ok, checks: shown });
  });
  app.get('/metrics', async (request, reply) => {
    const { actor } = await authenticate(request.raw, gate.credentials);
    requirePermission(actor, 'system:read');
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  let document: string | undefined;
  app.get('/api/openapi.json', async (_request, reply) => {
    document ??= JSON.stringify(openApi(version));
    return reply.type('application/json; charset=utf-8').header('cache-control', 'no-cache').send(document);
  });
}
