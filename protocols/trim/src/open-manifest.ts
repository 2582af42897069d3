import { parseEnvelope } from './envelope.ts';
import { asArray, asInstant, asObject, asText, asWhole, type JsonObject, parseJsonObject } from './json-shape.ts';
import { blockBytes, limits } from './limits.ts';
import type { DeltaEntry, Manifest, PackEntry } from './manifest.ts';
import { checkDigest, checkName, checkVersion } from './names.ts';
import type { Root } from './root.ts';
import { requireSigningKeys } from './signing-keys.ts';
import { TrimError } from './trim-error.ts';

/**
 * Reads a manifest and checks its signature and that it is the one of `image` and `version`.
 * Throws `trim.manifest-signature`, `trim.manifest-mismatch`, `trim.format`, `trim.limits`, `trim.name`.
 */
export function openManifest(file: Uint8Array, root: Root, image: string, version: number): Manifest {
  const envelope = parseEnvelope('manifest', file, limits.manifestFile);
  requireSigningKeys(envelope, root, `the manifest of ${image} version ${version}`);
  const manifest = parseManifest(envelope.payload);
  if (manifest.image !== image || manifest.version !== version)
    throw new TrimError(
      'trim.manifest-mismatch',
      `the manifest of ${image} version ${version} belongs to ${manifest.image} version ${manifest.version}`,
    );
  return manifest;
}

/** Reads a manifest's payload without looking at signatures. */
export function parseManifest(payload: Uint8Array): Manifest {
  const body = parseJsonObject(payload, 'manifest', limits.manifestFile);
  if (body.format !== 1)
    throw new TrimError('trim.format-version', `the manifest has format ${String(body.format).slice(0, 20)}`);
  const size = asWhole(body.size, 'size', 1, limits.image);
  const total = Math.ceil(size / blockBytes);
  const index = asObject(body.index, 'index');
  const blocks = asObject(body.blocks, 'blocks');
  return {
    kind: 'manifest',
    image: checkName(body.image, 'image'),
    version: checkVersion(body.version),
    created: asInstant(body.created, 'created'),
    size,
    blockSize: asWhole(body.blockSize, 'blockSize', blockBytes, blockBytes) as 4096,
    root: checkDigest(body.root, 'root'),
    index: {
      digest: checkDigest(index.digest, 'index digest'),
      length: asWhole(index.length, 'index length', 1, indexLimit(total)),
      rawLength: asWhole(index.rawLength, 'raw index length', 1, indexLimit(total)),
      ...(index.named === true ? { named: true as const } : {}),
    },
    packs: asArray(body.packs, 'packs', limits.packs).map(packEntry),
    deltas: asArray(body.deltas, 'deltas', limits.deltas).map(deltaEntry),
    parents: asArray(body.parents, 'parents', limits.packs).map((parent) => checkVersion(parent, 'parent')),
    capabilities: asArray(body.capabilities, 'capabilities', limits.capabilities).map((c) =>
      checkName(c, 'capability'),
    ),
    minimumClient: clientVersion(body.minimumClient),
    notes: asText(body.notes, 'notes', limits.notes),
    encryption: encryption(body.encryption),
    blocks: {
      total: asWhole(blocks.total, 'blocks', total, total),
      zero: asWhole(blocks.zero, 'zero blocks', 0, total),
      distinct: asWhole(blocks.distinct, 'distinct blocks', 0, total),
      added: asWhole(blocks.added, 'added blocks', 0, total),
    },
  };
}

/** Bytes that an index of so many blocks may have: each block its own run, each in its own frame, with room to spare. */
function indexLimit(blocks: number): number {
  return 64 * 1024 + blocks * 64;
}

function packEntry(value: unknown): PackEntry {
  const pack = asObject(value, 'pack');
  const length = asWhole(pack.length, 'pack length', 1, limits.pack);
  const blocks = asWhole(pack.blocks, 'pack blocks', 1, limits.image / blockBytes);
  return {
    digest: checkDigest(pack.digest, 'pack digest'),
    length,
    frames: asWhole(pack.frames, 'pack frames', 1, Math.min(limits.frames, blocks)),
    blocks,
    hashesOffset: asWhole(pack.hashesOffset, 'hashes offset', 1, length - blocks * 32),
  };
}

function deltaEntry(value: unknown): DeltaEntry {
  const delta = asObject(value, 'delta');
  const length = asWhole(delta.length, 'delta length', 1, limits.pack);
  const directory = asObject(delta.directory, 'directory');
  const offset = asWhole(directory.offset, 'directory offset', 1, length - 1);
  return {
    from: checkVersion(delta.from, 'delta from'),
    fromRoot: checkDigest(delta.fromRoot, 'delta root'),
    digest: checkDigest(delta.digest, 'delta digest'),
    length,
    frames: asWhole(delta.frames, 'delta frames', 1, limits.frames),
    directory: {
      offset,
      length: asWhole(directory.length, 'directory length', 1, length - offset),
      rawLength: asWhole(directory.rawLength, 'raw directory length', 1, 2 ** 28),
      digest: checkDigest(directory.digest, 'directory digest'),
    },
  };
}

function encryption(value: unknown): Manifest['encryption'] {
  if (value === null) return null;
  const { scheme, keyId }: JsonObject = asObject(value, 'encryption');
  if (scheme !== 'aes-256-gcm') throw new TrimError('trim.format-version', 'the encryption scheme is not known');
  return { scheme, keyId: checkName(keyId, 'key id') };
}

function clientVersion(value: unknown): string {
  const text = asText(value, 'minimumClient', 32);
  if (!/^\d{1,6}\.\d{1,6}\.\d{1,6}$/.test(text)) throw new TrimError('trim.format', 'minimumClient is not like 0.1.0');
  return text;
}
