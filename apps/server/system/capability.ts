import { systemEndpoints } from '@atelier/api';
import type { Metrics } from '../http/metrics.ts';
import type { Capability } from '../services.ts';
import { ChangeStreams } from './change-streams.ts';
import type { Checks } from './checks.ts';
import { keepHouse } from './housekeeping.ts';
import { overviewCounts } from './overview.ts';

/** The server itself: version, overview, live changes, its authority's certificate. */
export const systemCapability =
  ({ checks, metrics }: { readonly checks: Checks; readonly metrics: Metrics }): Capability =>
  async (routes, services) => {
    const { db, version, startedAt, authority } = services;
    const streams = new ChangeStreams(services, metrics);
    routes.json(systemEndpoints, {
      async version() {
        return { version, api: 'v1' as const };
      },
      async overview() {
        const [counts, results] = await Promise.all([overviewCounts(db), checks.run()]);
        return {
          version,
          startedAt: startedAt.toISOString(),
          images: counts.images,
          versionsAvailable: counts.versions,
          workspaces: counts.workspaces,
          assignments: counts.assignments,
          users: counts.users,
          endpoints: { total: counts.endpoints, online: counts.online },
          instances: { running: counts.running, transferring: counts.transferring, failed: counts.failed },
          events24h: { info: counts.info, warning: counts.warning, error: counts.error },
          tasksRunning: counts.tasks,
          repositoryBytes: counts.bytes,
          broker: {
            collections: counts.collections,
            targets: {
              total: counts.targets,
              up: counts.targets_up,
              draining: counts.targets_draining,
              down: counts.targets_down,
              hostSilent: counts.targets_host_silent,
            },
            sessions: counts.desktop_sessions,
            connecting: counts.connecting,
            lastHour: { refused: counts.refused, timedOut: counts.timed_out },
            alive: counts.brokers,
          },
          checks: results,
        };
      },
    });
    routes.events(systemEndpoints.changes, (_, context, response) => streams.open(context, response));
    routes.bytes(systemEndpoints.ca, async () => ({
      headers: {
        'content-type': 'application/x-pem-file',
        'content-disposition': 'attachment; filename="atelier-ca.pem"',
      },
      body: authority.ca,
    }));
    const house = keepHouse(services.database, services.log);
    return {
      stop: async () => {
        streams.stop();
        await house.stop();
      },
    };
  };
