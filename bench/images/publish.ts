// Publishes a raw disk as a version, as a whole program:  node bench/images/publish.ts FOLDER VERSION DISK [PARENT …]
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileSystemStore, initRepository, publishVersion, setChannels } from '@atelier/adapters/repository';
import { benchKeys } from './bench-keys.ts';

const [folder, version, source, ...parents] = process.argv.slice(2) as [string, string, string, ...string[]];
mkdirSync(folder, { recursive: true });
const { root, signing } = benchKeys(join(folder, 'keys.json'));
const store = await fileSystemStore(join(folder, 'repository'));
await initRepository({ store, rootSigner: root, signingKeys: [signing.publicKey] });
const result = await publishVersion({
  store,
  signer: signing,
  image: 'bench',
  version: Number(version),
  source,
  parents: parents.map(Number),
  ...(process.env.WORKERS ? { workers: Number(process.env.WORKERS) } : {}),
  compression: {
    ...(process.env.LEVEL ? { level: Number(process.env.LEVEL) } : {}),
    ...(process.env.DELTA_LEVEL ? { deltaLevel: Number(process.env.DELTA_LEVEL) } : {}),
  },
});
await setChannels({ store, signer: signing, image: 'bench', channels: { stable: Number(version) } });
console.log(JSON.stringify({ addedBytes: result.addedBytes, deltas: result.deltas }));
