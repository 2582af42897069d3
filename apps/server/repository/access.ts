import { credentialLifetimeMs, issueCredential } from '@atelier/adapters/repository';
import type { RepositoryAccess } from '@atelier/api';
import type { Services } from '../services.ts';
import { mirrorSecret, readMirrors } from './mirrors.ts';
import type { Repository } from './repository.ts';

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
  const { baseUrls, authentication } = await readMirrors(services.db);
  const mirrors = baseUrls.map(asFolder);
  const access = { query: {}, expiresAt: expiresAt.toISOString() };
  if (authentication === 'basic' && mirrors.length > 0) {
    const password = await services.secrets.get(mirrorSecret);
    // One set of headers goes to every address, and our own server would not know this one: the mirrors alone.
    if (password)
      return {
        ...access,
        baseUrls: mirrors,
        headers: { authorization: `Basic ${Buffer.from(password).toString('base64')}` },
        useClientCertificate: false,
      };
  }
  const bearer = `Bearer ${issueCredential(repository.credentialKey, endpointId, expiresAt)}`;
  return {
    ...access,
    baseUrls: [...mirrors, own],
    headers: { authorization: bearer },
    useClientCertificate: authentication === 'client-certificate',
  };
}
