import { planTransfer, TrimError } from '@atelier/trim';
import { fetchDeltaTables } from './fetch-delta-tables.ts';
import type { FetchRequest, TransferForecast } from './fetch-types.ts';
import { asTrimError } from './fetch-version.ts';
import { openPrevious } from './previous-versions.ts';
import { RepositoryReader } from './repository-reader.ts';
import { fetchIndex, fetchManifest } from './update-trust.ts';

/** What `fetchVersion` would have to move, seen from the previous versions; fetches manifest and index, but no block. */
export async function forecastFetch(
  request: Pick<
    FetchRequest,
    'repository' | 'trust' | 'image' | 'want' | 'contentKey' | 'onTrust' | 'signal' | 'now' | 'clientVersion'
  > & {
    readonly previous: FetchRequest['sources']['previous'];
  },
): Promise<TransferForecast> {
  const { image, signal } = request;
  const reader = new RepositoryReader({ access: request.repository, parallel: 1, signal });
  try {
    const { manifest } = await fetchManifest(reader, request);
    const key = manifest.encryption ? await request.contentKey?.(manifest.encryption.keyId) : undefined;
    if (manifest.encryption && !key)
      throw new TrimError('trim.key-missing', `${image} version ${manifest.version} is encrypted`);
    const index = await fetchIndex(reader, manifest, key);
    const previous = await openPrevious(request.previous);
    try {
      const deltas = await fetchDeltaTables(reader, manifest, index, previous, key);
      const plan = planTransfer({ target: index, previous, deltas });
      return {
        image,
        version: manifest.version,
        bytesTotal: manifest.size,
        bySource: { ...plan.bytes, media: 0, peer: 0 },
        wireBytes: plan.wireBytes + reader.wireBytes,
        requests: plan.requests.length + reader.requests,
      };
    } finally {
      await Promise.all(previous.map(({ file }) => file.close()));
    }
  } catch (error) {
    throw asTrimError(error, signal);
  } finally {
    reader.close();
  }
}
