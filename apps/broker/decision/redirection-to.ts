import { isIP } from 'node:net';
import type { Collection, Target } from '@atelier/domain/broker';
import { type Redirection, writeMstsToken } from '@atelier/rdp';

/** What the client shall sign in to the target with, where it does not know that itself. */
export interface TargetCredentials {
  readonly user: string;
  readonly domain: string;
  readonly password: string;
}

/** Sends the client back to us with its token: any port and any network of the target will do. */
export const redirectionByToken = (token: string, credentials: TargetCredentials | null): Redirection => ({
  loadBalanceInfo: writeMstsToken(token),
  ...namesOf(credentials),
});

/** Sends the client to the target itself, on the port that it dialled: by name where there is one, for its certificate's sake. */
export function redirectionToTarget(
  target: Pick<Target, 'fqdn' | 'netbios' | 'endpoints'>,
  credentials: TargetCredentials | null,
): Redirection {
  const addresses = target.endpoints.map((one) => one.address);
  const ips = addresses.filter((one) => isIP(one) !== 0);
  const fqdn = target.fqdn ?? addresses.find((one) => isIP(one) === 0);
  if (fqdn === undefined && ips.length === 0) throw new Error('the target has neither a name nor an address');
  return {
    ...(fqdn === undefined ? {} : { targetFqdn: fqdn }),
    ...(ips[0] === undefined ? {} : { targetAddress: ips[0] }),
    ...(target.netbios === null ? {} : { targetNetbiosName: target.netbios }),
    ...(ips.length > 1 ? { targetAddresses: ips } : {}),
    ...namesOf(credentials),
  };
}

const namesOf = (credentials: TargetCredentials | null): Partial<Redirection> =>
  credentials === null
    ? {}
    : {
        userName: credentials.user,
        ...(credentials.domain === '' ? {} : { domain: credentials.domain }),
        password: { kind: 'clear', password: credentials.password },
        doNotStoreUserName: true,
      };

/** Whether clients of the collection come back to us. */
export const comesBack = (collection: Pick<Collection, 'redirectMode'>): boolean => collection.redirectMode === 'token';
