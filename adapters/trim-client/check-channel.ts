import type { TrustState } from '@atelier/trim';
import type { ChannelState, FetchRequest, RepositoryAccess } from './fetch-types.ts';
import { asTrimError } from './fetch-version.ts';
import { RepositoryReader } from './repository-reader.ts';
import { fetchManifest } from './update-trust.ts';

/**
 * Looks up what a channel points to, in three small requests: root, latest.json, manifest. Throws as `fetchVersion` does, so
 * a frozen or rolled-back repository is seen at the poll already.
 */
export async function checkChannel(
  request: Pick<FetchRequest, 'image' | 'onTrust' | 'signal' | 'now' | 'clientVersion'> & {
    readonly repository: RepositoryAccess;
    readonly trust: TrustState;
    readonly channel: string;
  },
): Promise<ChannelState> {
  const { image, channel, signal } = request;
  const reader = new RepositoryReader({ access: request.repository, parallel: 1, signal });
  try {
    const { manifest, manifestDigest, trust } = await fetchManifest(reader, { ...request, want: { channel } });
    return { image, channel, version: manifest.version, manifest, manifestDigest, trust };
  } catch (error) {
    throw asTrimError(error, signal);
  } finally {
    reader.close();
  }
}
