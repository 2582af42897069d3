import { days, newKeyPair, privateKeyPem } from './x509.ts';

/** Who this server is to the hosts that it manages. */
export const managerSubject = 'CN=Atelier manager';

/** A certificate with its private key, both PEM. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

/** Half of the certificate's life: connections that are open then still have a good one for a day. */
const renewAfter = days(1);

/**
 * Gives the certificate by which hosts let this server in. Its key is made in memory and lives for a day, so that there is no file to lose: a host
 * trusts the authority and the subject, not the key.
 */
export function managerCertificates(sign: (publicKey: CryptoKey) => Promise<string>): () => Promise<Identity> {
  let current: { readonly madeAt: number; readonly identity: Promise<Identity> } | null = null;
  const make = async (): Promise<Identity> => {
    const { publicKey, privateKey } = await newKeyPair();
    return { certificate: await sign(publicKey), key: await privateKeyPem(privateKey) };
  };
  return async () => {
    if (!current || Date.now() - current.madeAt > renewAfter) {
      const identity = make();
      const attempt = { madeAt: Date.now(), identity };
      current = attempt;
      identity.catch(() => {
        if (current === attempt) current = null;
      });
    }
    return await current.identity;
  };
}
