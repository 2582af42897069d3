import type { HostSignIn } from '@atelier/domain/hosts';
import type { Services } from '../services.ts';

/** Where a host's password lies; keys of secrets are written in small letters. */
export const passwordKey = (hostId: string): string => `host/${hostId.toLowerCase()}`;

/** The way to sign in without its password, as it is stored and shown. */
export function withoutPassword(signIn: HostSignIn): HostSignIn {
  return signIn.kind === 'certificate' ? signIn : { kind: signIn.kind, user: signIn.user };
}

/** Keeps the password sealed, when there is one. Nothing ever gives it back to a person. */
export async function keepPassword(services: Services, hostId: string, signIn: HostSignIn): Promise<void> {
  if (signIn.kind === 'certificate' || signIn.password === undefined) return;
  await services.secrets.set(passwordKey(hostId), Buffer.from(signIn.password));
}

/** The password that is kept for a host; '' when there is none. */
export async function keptPassword(services: Services, hostId: string): Promise<string> {
  const bytes = await services.secrets.get(passwordKey(hostId));
  return bytes ? Buffer.from(bytes).toString() : '';
}
