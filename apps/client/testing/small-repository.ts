import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileSystemStore, initRepository, publishVersion } from '@atelier/adapters/repository';
import { generateSigner } from '@atelier/trim';

/** A repository with small images, for tests. */
export async function makeRepository(folder: string) {
  const files = join(folder, 'repository');
  await mkdir(files, { recursive: true });
  const store = await fileSystemStore(files);
  const root = generateSigner().signer;
  const { signer } = generateSigner();
  const rootText = await initRepository({ store, rootSigner: root, signingKeys: [signer.publicKey] });
  return {
    files,
    rootText,
    publish: async (image: string, version: number, content: Uint8Array, parents: number[] = []) => {
      const source = join(folder, `${image}-${version}.source`);
      await writeFile(source, content);
      return await publishVersion({ store, signer, image, version, source, parents, workers: 1 });
    },
    publishFile: (image: string, version: number, source: string, parents: number[] = []) =>
      publishVersion({ store, signer, image, version, source, parents, compression: { level: 3, deltaLevel: 3 } }),
  };
}
