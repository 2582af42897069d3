import type { RepositoryAccess } from '@atelier/api';
import type { Services } from '../services.ts';
import { credentialLifetimeMs, issueCredential } from './credential.ts';
import type { Repository } from './repository.ts';

/** How endpoints reach the repository elsewhere than on this server. */
export interface RepositoryMirrors {
  /** Base addresses of plain web servers or CDNs that have the same files, best first. */
  readonly baseUrls: readonly string[];
  /** What they ask for: nothing, the password under `mirrorSecret`, or the endpoint's certificate. */
  readonly authentication: 'none' | 'basic' | 'client-certificate';
}

/** The setting with {@link RepositoryMirrors}, and the secret with `user:password` for `basic`. */
export const mirrorSetting = 'repository.mirrors';
export const mirrorSecret = 'repository/mirror-password';

const asFolder = (url: string) => (url.endsWith('/') ? url : `${url}/`);

/** Where the repository is for `endpointId`, with credentials that hold for minutes. */
export async function repositoryAccessFor(
  services: Pick<Services, 'db' | 'publicUrl' | 'secrets'>,
  repository: Repository,
  endpointId: string,
  now = new Date(),
): Promise<RepositoryAccess> {
  const own = asFolder(`${services.publicUrl()}/repository`);
  const expiresAt = new Date(now.getTime() + credentialLifetimeMs);
  const setting = await services.db
    .selectFrom('setting')
    .select('value')
    .where('key', '=', mirrorSetting)
    .executeTakeFirst();
  const mirrors = setting?.value as RepositoryMirrors | undefined;
  const urls = (mirrors?.baseUrls ?? []).map(asFolder);
  const access = { query: {}, expiresAt: expiresAt.toISOString() };
  if (mirrors?.authentication === 'basic') {
    const password = await services.secrets.get(mirrorSecret);
    // One set of headers goes to every address: our own server would not know this one.
    if (password && urls.length > 0)
      return {
        ...access,
        baseUrls: urls,
        headers: { authorization: `Basic ${Buffer.from(password).toString('base64')}` },
        useClientCertificate: false,
      };
  }
  const bearer = `Bearer ${issueCredential(repository.credentialKey, endpointId, expiresAt)}`;
  return {
    ...access,
    baseUrls: [...urls, own],
    headers: { authorization: bearer },
    useClientCertificate: mirrors?.authentication === 'client-certificate',
  };
}
