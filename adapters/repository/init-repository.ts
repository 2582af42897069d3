import {
  openPinnedRoot,
  type PublicKey,
  type Root,
  rootPath,
  rootVersionPath,
  type Signer,
  sealRoot,
  TrimError,
} from '@atelier/trim';
import { readRoot } from './read-repository.ts';
import type { RepositoryStore } from './repository-store.ts';

const yearMs = 365 * 24 * 60 * 60 * 1000;

type RootLife = {
  readonly now?: () => Date /** how long the root is good for; ten years unless told */;
  readonly validForMs?: number;
};

/**
 * Writes root.json of a new repository, and gives its text (what clients pin). When there is one already it stays as it is.
 */
export async function initRepository(
  request: {
    readonly store: RepositoryStore;
    readonly rootSigner: Signer;
    readonly signingKeys: readonly PublicKey[];
  } & RootLife,
): Promise<string> {
  const { store, rootSigner, signingKeys } = request;
  const root: Root = {
    kind: 'root',
    version: 1,
    ...life(request),
    rootKeys: [rootSigner.publicKey],
    rootThreshold: 1,
    signingKeys,
    signingThreshold: 1,
  };
  const text = await sealRoot(root, [rootSigner]);
  // the numbered file first: a reader that sees root.json must find the steps to it
  await store.writeImmutable(rootVersionPath(1), Buffer.from(text));
  const first = Buffer.from((await store.read(rootVersionPath(1), text.length * 2)) as Uint8Array);
  await store.writeImmutable(rootPath, first);
  return Buffer.from((await store.read(rootPath, 64 * 1024)) as Uint8Array).toString();
}

/**
 * Writes the next version of the root: new keys, or the same ones for a longer time. Signed by the keys of the root before
 * (`oldSigners`) and by its own (`rootSigners`), so that clients walk over. Gives the text of root.json.
 */
export async function rotateRoot(
  request: {
    readonly store: RepositoryStore;
    readonly oldSigners: readonly Signer[];
    readonly rootSigners: readonly Signer[];
    readonly signingKeys: readonly PublicKey[];
  } & RootLife,
): Promise<string> {
  const { store, oldSigners, rootSigners, signingKeys } = request;
  const before = await readRoot(store);
  const root: Root = {
    kind: 'root',
    version: before.version + 1,
    ...life(request),
    rootKeys: rootSigners.map(({ publicKey }) => publicKey),
    rootThreshold: 1,
    signingKeys,
    signingThreshold: 1,
  };
  const text = await sealRoot(root, [...new Set([...oldSigners, ...rootSigners])]);
  openPinnedRoot(Buffer.from(text));
  if (!(await store.writeImmutable(rootVersionPath(root.version), Buffer.from(text))))
    throw new TrimError('trim.busy', `root version ${root.version} was written by somebody else`);
  await store.replace(rootPath, Buffer.from(text));
  return text;
}

function life({ now = () => new Date(), validForMs = 10 * yearMs }: RootLife) {
  const issued = now();
  return { issued: issued.toISOString(), expires: new Date(issued.getTime() + validForMs).toISOString() };
}
