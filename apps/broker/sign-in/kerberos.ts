import { readFileSync, statSync } from 'node:fs';
import { type Identity, type Keytab, memoryReplayCache, parseKeytab } from '@atelier/spnego';
import type { KerberosAcceptance } from '../broker-parts.ts';

const largestKeytab = 1024 * 1024;

function read(path: string): { readonly keytab: Keytab; readonly changed: number } {
  try {
    const { size, mtimeMs } = statSync(path);
    if (size > largestKeytab) throw new Error('it is too large to be a keytab');
    const keytab = parseKeytab(readFileSync(path));
    if (!keytab.entries.some(({ name }) => name[0]?.toLowerCase() === 'termsrv'))
      throw new Error('it has no key of a service TERMSRV/name');
    return { keytab, changed: mtimeMs };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`the keytab ${path} cannot be used: ${why}`, { cause });
  }
}

/**
 * Kerberos by the keys of a keytab, which is read again when it has changed; while it cannot be read, the keys of before are good. Throws when it cannot be
 * used now. `realm`: whose users are ours; those of the keytab's services when it is null.
 */
export function kerberosFrom(path: string, realm: string | null): KerberosAcceptance {
  let current = read(path);
  const replayCache = memoryReplayCache();
  const keytab = (): Keytab => {
    try {
      if (statSync(path).mtimeMs !== current.changed) current = read(path);
    } catch {
      // Keys are exchanged by programs that write in place: the next client finds the new ones.
    }
    return current.keytab;
  };
  return {
    options: () => ({ keytab: keytab(), replayCache, services: ['TERMSRV'] }),
    userOf: (identity) => userOf(identity, realm === null ? current.keytab.entries.map((one) => one.realm) : [realm]),
  };
}

/** The name that a person has here; null for people of other realms, for services, and for whom a realm calls `name/something`. */
export function userOf({ mechanism, user, domain }: Identity, realms: readonly string[]): string | null {
  if (mechanism !== 'kerberos' || !realms.includes(domain)) return null;
  return user === '' || /[/\\@]/.test(user) ? null : user;
}
