import { hash } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { environmentSecretName, type Machines, openMachines } from '@atelier/adapters/broker-machines';
import type { SessionDirectory } from '@atelier/adapters/session-directory';
import type { BrokerServices } from '../compose/broker-services.ts';
import { aloneByLease } from './alone-by-lease.ts';
import { hasRepository, localSource } from './local-source.ts';
import { remoteSource } from './remote-source.ts';
import { repositoryDisks } from './repository-disks.ts';
import { startSweeping } from './start-sweeping.ts';

/**
 * The machines of a broker over a server's services: layers and disks lie in the state folder. Disks come from the repository in it, or from the servers'
 * over HTTPS when there is none.
 */
export function brokerMachines(services: BrokerServices, directory: SessionDirectory): Machines {
  const { database, log, config, secrets } = services;
  const folder = join(config.stateDir, 'broker-vms');
  const repository = join(config.stateDir, 'repository');
  const [local, remote] = [localSource(repository), remoteSource(services)];
  const place = `disks/${hash('sha256', `${hostname()} ${config.stateDir}`).slice(0, 16)}`;
  const alone = aloneByLease(directory, place);
  const disks = repositoryDisks({
    source: async () => ((await hasRepository(repository)) ? local : remote),
    folder: join(config.stateDir, 'broker-images'),
    contentKey: async (keyId) => {
      const key = await secrets.get(`image-key/${keyId}`);
      if (!key) throw new Error(`there is no key ${keyId.slice(0, 64)} of an image`);
      return key;
    },
    alone,
  });
  const machines = openMachines({
    database,
    directory,
    log,
    folder,
    images: disks,
    secret: async (environment, secret) => {
      const kept = await secrets.get(environmentSecretName(environment, secret));
      return kept && Buffer.from(kept).toString('utf8');
    },
  });
  const sweeping = startSweeping({ shelf: disks.shelf, machines: folder, wanted: machines.wantedVersions, log, alone });
  return {
    ...machines,
    async stop() {
      await sweeping.stop();
      await machines.stop();
    },
  };
}
