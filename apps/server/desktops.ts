import { join } from 'node:path';
import { sampleErrorTable } from '@atelier/adapters/debian-image';
import { vmErrorTable } from '@atelier/adapters/qemu';
import { registerErrors } from '@atelier/domain/errors';
import { trimErrors } from '@atelier/trim';
import { channelHub, commandDesk, commandRouter, device, screenDesk, serverName } from './device/index.ts';
import { endpoints } from './endpoints/index.ts';
import { images } from './images/index.ts';
import { my } from './my/index.ts';
import { openRepository } from './repository/index.ts';
import { takeMirrorsFromConfig } from './repository/mirrors.ts';
import { readerGate } from './repository/reader-gate.ts';
import { repositoryFiles } from './repository/repository-files.ts';
import { signingKey } from './repository/signing-key.ts';
import { sampleWorkspace } from './sample/index.ts';
import type { Capability } from './services.ts';
import { transfers } from './transfers/index.ts';
import { workspaces } from './workspaces/index.ts';

const trimErrorKinds = Object.entries(trimErrors).map(([code, { cause, fix }]) => ({
  code,
  status: 500,
  title: cause,
  cause,
  fix,
}));

/**
 * Images, repository, workspaces, endpoints and people's own desktops: what belongs together because they share the
 * repository, the key that signs policies, and the connections of the endpoints.
 */
export const desktops: Capability = async (routes, services) => {
  registerErrors([...vmErrorTable, ...sampleErrorTable, ...trimErrorKinds]);
  await takeMirrorsFromConfig(services);
  const repository = await openRepository(services);
  const policySigner = await signingKey(join(services.config.stateDir, 'keys', 'policy.pem'));
  const hub = channelHub();
  const screens = screenDesk();
  const router = commandRouter(services, hub, serverName(services.config));
  const desk = commandDesk(services, policySigner, router, screens);

  const parts = [
    repositoryFiles(repository, readerGate(services.db, repository.credentialKey)),
    images(repository),
    workspaces(policySigner),
    device(repository, policySigner, hub, screens),
    endpoints(desk),
    transfers,
    my(desk),
    sampleWorkspace(repository, policySigner),
  ];
  const started: Awaited<ReturnType<Capability>>[] = [];
  for (const part of parts) started.push(await part(routes, services));
  return {
    stop: async () => {
      for (const part of started.toReversed()) await part.stop?.();
    },
    checks: Object.assign({}, ...started.map((part) => part.checks)),
  };
};
