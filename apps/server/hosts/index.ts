import { winrmErrors } from '@atelier/adapters/winrm-client';
import { hostEndpoints } from '@atelier/api';
import { registerErrors } from '@atelier/domain/errors';
import type { Capability } from '../services.ts';
import { startCollector } from './collector/index.ts';
import { issueDesktopCertificates } from './desktop-certificates/index.ts';
import { startEventCollection } from './events/event-collection.ts';
import { forwardingHandlers } from './forwarding-handlers.ts';
import { registerHandlers } from './host-handlers.ts';
import { startHostRounds } from './host-rounds.ts';
import { hostSessions } from './host-sessions.ts';
import { hostShells } from './host-shell.ts';
import { liveHandlers } from './live-handlers.ts';
import { runCommand } from './run-command.ts';

/** Machines that are managed by WS-Management: their register, their health, commands and shells. */
export const hosts: Capability = async (routes, services) => {
  registerErrors(winrmErrors);
  const sessions = hostSessions(services);
  const rounds = startHostRounds(services, sessions);
  const collection = startEventCollection(services, sessions);
  const collector = startCollector(routes, services);
  const shells = hostShells(services, sessions);
  issueDesktopCertificates(routes, services);
  routes.json(hostEndpoints, {
    ...registerHandlers(services, rounds.contact, rounds.await),
    ...liveHandlers(services, sessions),
    ...forwardingHandlers(services),
  });
  routes.bytes(hostEndpoints.run, runCommand(services, sessions));
  routes.socket(hostEndpoints.shell, shells.prepare, shells.serve, { maxPayload: 64 * 1024 });
  return {
    async stop() {
      await Promise.all([rounds.stop(), collection.stop(), collector.stop()]);
      sessions.close();
    },
  };
};
