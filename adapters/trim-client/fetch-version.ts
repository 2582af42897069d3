import { stat } from 'node:fs/promises';
import { TrimError, trimIoError } from '@atelier/trim';
import type { FetchRequest, FetchResult } from './fetch-types.ts';
import { HttpFailure } from './http-error.ts';
import { openPrevious, readLocalIndex } from './previous-versions.ts';
import { ProgressMeter } from './progress-meter.ts';
import { RepositoryReader } from './repository-reader.ts';
import { mediaSource } from './sources/media-source.ts';
import { peerSource } from './sources/peer-source.ts';
import { transfer } from './transfer.ts';
import { fetchManifest, type WantedVersion } from './update-trust.ts';

/**
 * Brings a version of an image to this machine as a verified raw disk at `request.target`, with its index beside it
 * (`target` plus `.index`). Blocks come from the interrupted transfer, from previous versions and from host files as far as
 * these have them; packs from media, then peers, then the repository's fastest address. All are verified. Killed at any point, the same call goes on.
 * A target that is there already, with the index of this very version, is left as it is.
 *
 * Throws TrimError with any of the codes in `trimErrors`; the target then does not exist, and what was fetched is kept.
 */
export async function fetchVersion(request: FetchRequest): Promise<FetchResult> {
  const { parallel = 4, signal } = request;
  const began = performance.now();
  const { media = [], peers = [] } = request.sources;
  const reader = new RepositoryReader({
    access: request.repository,
    parallel,
    bytesPerSecond: request.bandwidthBytesPerSecond,
    signal,
    near: [...media.map(mediaSource), ...peers.map((peer) => peerSource(peer, parallel))],
    speeds: request.speeds,
    cache: request.cache,
    onBanned: ({ kind, name }, why) => kind !== 'network' && request.onBanned?.({ kind, name }, why),
  });
  const meter = new ProgressMeter(request, reader);
  try {
    const wanted = await fetchManifest(reader, request);
    meter.version(wanted.manifest.version, wanted.manifest.size);
    if (await isThere(request.target, wanted)) meter.add('interrupted', wanted.manifest.size);
    else {
      const previous = await openPrevious(request.sources.previous);
      try {
        await transfer(request, wanted, previous, reader, meter);
      } finally {
        await Promise.all(previous.map(({ file }) => file.close()));
      }
    }
    return {
      image: request.image,
      version: wanted.manifest.version,
      manifest: wanted.manifest,
      manifestDigest: wanted.manifestDigest,
      diskPath: request.target,
      indexPath: `${request.target}.index`,
      bySource: { ...meter.bySource },
      wireBytes: reader.wireBytes,
      requests: reader.requests,
      milliseconds: Math.round(performance.now() - began),
      trust: wanted.trust,
    };
  } catch (error) {
    throw asTrimError(error, signal);
  } finally {
    reader.close();
  }
}

/** The error that callers get: always a TrimError. */
export function asTrimError(error: unknown, signal: AbortSignal | undefined): Error {
  if (signal?.aborted) return new TrimError('trim.aborted', 'the transfer was cancelled', { cause: error });
  if (error instanceof HttpFailure) return error.error;
  return trimIoError(error, 'the transfer failed');
}

async function isThere(target: string, { manifest }: WantedVersion): Promise<boolean> {
  const found = await stat(target).catch(() => undefined);
  if (!found) return false;
  const local = await readLocalIndex(`${target}.index`).catch(() => undefined);
  if (
    local?.manifest.root === manifest.root &&
    local.manifest.version === manifest.version &&
    found.size === manifest.size
  )
    return true;
  throw new TrimError('trim.io', `${target} is there already and is not ${manifest.image} version ${manifest.version}`);
}
