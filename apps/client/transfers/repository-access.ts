import { rootCertificates } from 'node:tls';
import type { RepositoryAccess as Reach } from '@atelier/adapters/trim-client';
import type { RepositoryAccess } from '@atelier/api';

/** Asks the server where the repository is; with fresh credentials. */
export type AskRepository = (signal: AbortSignal) => Promise<RepositoryAccess>;
export type ClientTls = () => { readonly ca: string; readonly certificate: string; readonly privateKey: string };

/** How the repository is reached now: addresses, headers and query as the server says, asked again when they have ended. */
export async function reachRepository(ask: AskRepository, clientTls: ClientTls, signal: AbortSignal): Promise<Reach> {
  let access = await ask(signal);
  const { ca, certificate, privateKey } = clientTls();
  // Everything that comes is verified by signatures: the repository may stand behind any public authority as well.
  const authorities = [...rootCertificates, ca].join('\n');
  return {
    baseUrls: access.baseUrls,
    headers: async (reason) => {
      if (reason === 'unauthorized') access = await ask(signal);
      return access.headers;
    },
    // Asked for after the headers: the answer that brought those has it.
    query: async () => access.query,
    tls: access.useClientCertificate ? { ca: authorities, cert: certificate, key: privateKey } : { ca: authorities },
  };
}
