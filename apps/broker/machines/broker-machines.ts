import { join } from 'node:path';
import { type Machines, openMachines } from '@atelier/adapters/broker-machines';
import type { SessionDirectory } from '@atelier/adapters/session-directory';
import type { BrokerServices } from '../compose/broker-services.ts';
import { repositoryDisks } from './repository-disks.ts';

/** The machines of a broker over a server's services: their disks lie in the state folder. */
export function brokerMachines(services: BrokerServices, directory: SessionDirectory): Machines {
  const { database, log, config } = services;
  const folder = join(config.stateDir, 'broker-vms');
  return openMachines({
    database,
    directory,
    log,
    folder,
    images: repositoryDisks({
      repository: join(config.stateDir, 'repository'),
      folder: join(config.stateDir, 'broker-images'),
      contentKey: async (keyId) => {
        const key = await services.secrets.get(`image-key/${keyId}`);
        if (!key) throw new Error(`there is no key ${keyId.slice(0, 64)} of an image`);
        return key;
      },
    }),
  });
}
