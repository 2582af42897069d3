import { auditEndpoints } from './audit.ts';
import { brokerEndpoints } from './broker.ts';
import { collectionEndpoints } from './collections.ts';
import { desktopSessionEndpoints } from './desktop-sessions.ts';
import { deviceEndpoints } from './device.ts';
import { endpointEndpoints, myEndpoints } from './endpoints.ts';
import { eventEndpoints } from './events.ts';
import { hostEndpoints } from './hosts.ts';
import { imageEndpoints } from './images.ts';
import { myDesktopEndpoints } from './my-desktops.ts';
import { peopleEndpoints } from './people.ts';
import { plugInWorkEndpoints } from './plug-in-work.ts';
import { sessionEndpoints } from './sessions.ts';
import { systemEndpoints } from './system.ts';
import { targetEndpoints } from './targets.ts';
import { taskEndpoints } from './tasks.ts';
import { transferEndpoints } from './transfers.ts';
import { workspaceEndpoints } from './workspaces.ts';

/** The whole HTTP API, by capability. */
export const contract = {
  sessions: sessionEndpoints,
  people: peopleEndpoints,
  images: imageEndpoints,
  workspaces: workspaceEndpoints,
  endpoints: endpointEndpoints,
  transfers: transferEndpoints,
  my: myEndpoints,
  device: deviceEndpoints,
  hosts: hostEndpoints,
  collections: collectionEndpoints,
  targets: targetEndpoints,
  desktopSessions: desktopSessionEndpoints,
  myDesktops: myDesktopEndpoints,
  broker: brokerEndpoints,
  plugInWork: plugInWorkEndpoints,
  events: eventEndpoints,
  tasks: taskEndpoints,
  audit: auditEndpoints,
  system: systemEndpoints,
} as const;
export type Contract = typeof contract;

/** All addresses start with this. */
export const apiBase = '/api/v1';
