import {
  checkName,
  checkVersion,
  digestHex,
  indexPath,
  limits,
  type Manifest,
  manifestPath,
  sealManifest,
  TrimError,
  writeIndexFile,
} from '@atelier/trim';
import { assembleIndex } from './assemble-index.ts';
import { frameShape } from './frame-shape.ts';
import { readKnownBlocks } from './known-blocks.ts';
import { gcLeasePath, type HeldLease, liveLeases, publishLeasePath, takeLease } from './lease.ts';
import { makeDeltas } from './make-deltas.ts';
import { packImage, packPool } from './pack-image.ts';
import { PackWriter } from './pack-writer.ts';
import type { PublishProgress, PublishRequest, PublishResult } from './publish-types.ts';
import { readManifest, readRoot, versionNumbers } from './read-repository.ts';
import { throttled } from './throttled.ts';

/**
 * Publishes a raw disk as a version: packs of the blocks that the image does not have yet, deltas from `parents`, index,
 * and last the manifest, with which the version exists. No channel moves. Killed at any point, the repository stays valid,
 * and the same call made again goes on from the packs that were finished.
 *
 * Throws `trim.exists`, `trim.busy`, `trim.no-version` (a parent), `trim.source-changed`, `trim.disk-full`, `trim.name`,
 * `trim.limits`, `trim.aborted`.
 */
export async function publishVersion(request: PublishRequest): Promise<PublishResult> {
  const { store } = request;
  const image = checkName(request.image, 'image');
  const version = checkVersion(request.version);
  checkRequest(request);
  if (await store.stat(manifestPath(image, version)))
    throw new TrimError('trim.exists', `${image} has a version ${version} already`);
  const lease = await takeLease(store, publishLeasePath(image, version), 'publish');
  try {
    await waitForGc(request);
    return await publish(request, lease);
  } catch (error) {
    if (request.signal?.aborted)
      throw new TrimError('trim.aborted', `publishing ${image} version ${version} was cancelled`, { cause: error });
    throw error;
  } finally {
    await lease.release();
  }
}

async function publish(request: PublishRequest, lease: HeldLease): Promise<PublishResult> {
  const { store, image, version, signal } = request;
  const report = throttled<PublishProgress>(request.onProgress);
  const { level = 6, deltaLevel = 9, packBytes = 256 * 1024 * 1024 } = request.compression ?? {};
  const root = await readRoot(store);
  const earlier: Manifest[] = [];
  for (const number of await versionNumbers(store, image))
    earlier.push((await readManifest(store, root, image, number)).manifest);
  const wanted = (request.parents ?? []).map((parent) => {
    const found = earlier.find((manifest) => manifest.version === parent);
    if (!found) throw new TrimError('trim.no-version', `${image} has no version ${parent} to make a delta from`);
    return found;
  });
  const sameKey = ({ encryption }: Manifest) => encryption?.keyId === request.encryption?.keyId;
  const usable = earlier.filter(sameKey);
  // a delta across keys would tie what one key protects to another
  const parents = wanted.filter(sameKey);
  const packs = usable.flatMap((manifest) => manifest.packs.map(({ digest }) => digest));
  const key = request.encryption?.key;
  const known = await readKnownBlocks(store, [...new Set([...packs, ...lease.inherited])], key);
  const pool = packPool(request.workers);
  const writer = new PackWriter(store, known, packBytes, lease.record, key);
  try {
    const onBytes = (bytesDone: number, bytesTotal: number) =>
      report({ phase: 'packing', bytesDone, bytesTotal, packedBytes: writer.written }, bytesDone === bytesTotal);
    const packed = await packImage({
      source: request.source,
      known,
      writer,
      pool,
      level,
      shape: frameShape(request.compression, parents.length > 0),
      key,
      onBytes,
      signal,
    });
    await writer.finish();
    const assembled = assembleIndex(packed, known);
    const deltas = await makeDeltas({
      store,
      threads: pool.threads,
      parents,
      assembled,
      level: deltaLevel,
      key,
      report,
      signal,
    });
    report({ phase: 'writing', bytesDone: packed.size, bytesTotal: packed.size, packedBytes: writer.written }, true);
    const { file, entry } = writeIndexFile(assembled.index, key);
    const manifest: Manifest = {
      kind: 'manifest',
      image,
      version,
      created: (request.now ?? (() => new Date()))().toISOString(),
      size: packed.size,
      blockSize: 4096,
      root: assembled.root,
      index: entry,
      packs: assembled.packs,
      deltas,
      parents: usable.map((parent) => parent.version),
      capabilities: request.capabilities ?? [],
      minimumClient: request.minimumClient ?? '0.1.0',
      notes: request.notes ?? '',
      encryption: request.encryption ? { scheme: 'aes-256-gcm', keyId: request.encryption.keyId } : null,
      blocks: { total: packed.map.length, zero: packed.zero, distinct: assembled.distinct, added: packed.added },
    };
    const manifestFile = Buffer.from(await sealManifest(manifest, [request.signer]));
    signal?.throwIfAborted();
    // an index without a manifest is what an interrupted run has left: nobody reads it yet
    await store.replace(indexPath(image, version), file);
    if (!(await store.writeImmutable(manifestPath(image, version), manifestFile)))
      throw new TrimError('trim.exists', `${image} got a version ${version} from somebody else meanwhile`);
    const deltaBytes = manifest.deltas.reduce((sum, delta) => sum + delta.length, 0);
    return {
      manifest,
      manifestDigest: digestHex(manifestFile),
      addedBytes: writer.written + deltaBytes + file.length + manifestFile.length,
      deltas: manifest.deltas.map(({ from, length, frames }) => ({ from, bytes: length, frames })),
    };
  } finally {
    await writer.discard();
    await pool.close();
  }
}

function checkRequest({
  capabilities = [],
  notes = '',
  parents = [],
  compression = {},
  encryption,
}: PublishRequest): void {
  for (const capability of capabilities) checkName(capability, 'capability');
  if (capabilities.length > limits.capabilities || notes.length > limits.notes || parents.length > limits.deltas)
    throw new TrimError('trim.limits', 'too many capabilities or parents, or notes that are too long');
  const { least, most, prefix } = frameShape(compression);
  const isCount = (value: number, from: number, to: number) => Number.isInteger(value) && value >= from && value <= to;
  if (!isCount(most, 1, limits.frameBlocks) || !isCount(least, 1, most) || !isCount(prefix, 0, limits.prefixBlocks))
    throw new TrimError(
      'trim.limits',
      `a frame may have 1 to ${limits.frameBlocks} blocks and as long a prefix, not ${least} to ${most} and ${prefix}`,
    );
  if (encryption) checkName(encryption.keyId, 'key id');
  if (encryption && encryption.key.length !== 32) throw new TrimError('trim.limits', 'a content key has 32 bytes');
}

/** A garbage collection that began before us must end before we look at what there is. */
async function waitForGc({ store, signal }: PublishRequest): Promise<void> {
  while ((await liveLeases(store)).some(({ path }) => path === gcLeasePath)) {
    signal?.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
