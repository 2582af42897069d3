import { join } from 'node:path';
import {
  brokerEndpoints,
  collectionEndpoints,
  desktopSessionEndpoints,
  myDesktopEndpoints,
  plugInWorkEndpoints,
  targetEndpoints,
} from '@atelier/api';
import { publisherIn } from '../certificates/publisher.ts';
import { hostSessions } from '../hosts/host-sessions.ts';
import type { Capability } from '../services.ts';
import { applicationHandlers } from './application-handlers.ts';
import { collectionHandlers } from './collection-handlers.ts';
import { connectionHandlers } from './connection-handlers.ts';
import { entitlementHandlers } from './entitlement-handlers.ts';
import { environmentHandlers } from './environment-handlers.ts';
import { browserDoor } from './front-doors/browser-door.ts';
import { feedDoor } from './front-doors/feed-door.ts';
import { ownDesktops } from './front-doors/own-desktops.ts';
import { takeHostReports } from './host-reports/index.ts';
import { takeReturns } from './host-reports/take-returns.ts';
import { machineJobHandlers } from './machine-job-handlers.ts';
import { myDesktopHandlers } from './my-desktop-handlers.ts';
import { plugInTaskHandlers } from './plug-in-task-handlers.ts';
import { pluginHandlers } from './plugin-handlers.ts';
import { sessionHandlers } from './session-handlers.ts';
import { settingsHandlers } from './settings-handlers.ts';
import { targetHandlers } from './target-handlers.ts';
import { startWindowsRounds } from './windows-sessions/windows-rounds.ts';

/** What people see and change of the connection broker; brokers themselves are processes of their own over the same database. */
export const broker: Capability = async (routes, services) => {
  const hosts = hostSessions(services);
  takeHostReports(routes, services);
  takeReturns(routes, services);
  const windows = startWindowsRounds(services, hosts);
  const desktops = ownDesktops(services);
  const publisher = publisherIn(join(services.config.stateDir, 'keys'), services.authority);
  const mine = myDesktopHandlers(services, desktops, publisher);
  routes.json(collectionEndpoints, {
    ...collectionHandlers(services),
    ...entitlementHandlers(services),
    ...applicationHandlers(services),
  });
  routes.json(targetEndpoints, { ...targetHandlers(services), ...environmentHandlers(services) });
  routes.json(desktopSessionEndpoints, sessionHandlers(services, hosts));
  routes.json(myDesktopEndpoints, mine.json);
  routes.bytes(myDesktopEndpoints.rdpFile, mine.rdpFile);
  browserDoor(routes, services, desktops);
  await feedDoor(routes, services, desktops, publisher);
  routes.json(plugInWorkEndpoints, { ...machineJobHandlers(services), ...plugInTaskHandlers(services) });
  routes.json(brokerEndpoints, {
    ...connectionHandlers(services),
    ...pluginHandlers(services),
    ...settingsHandlers(services),
  });
  return {
    async stop() {
      await windows.stop();
      hosts.close();
    },
  };
};
