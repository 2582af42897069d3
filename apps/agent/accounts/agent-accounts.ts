import { existsSync, readFileSync, statSync } from 'node:fs';
import type { Accounts } from '@atelier/adapters/wsman-listener';
import type { OperationUser } from '@atelier/plugin-kit';
import { type Keytab, parseKeytab } from '@atelier/spnego';
import type { OwnAccounts } from './own-accounts.ts';
import type { PasswordCheck } from './pam.ts';
import type { SystemUsers } from './system-users.ts';

/** Reads a keytab when it has changed; null while there is none. */
function keytabReader(path: string): () => Keytab | null {
  let read: { readonly changed: number; readonly keytab: Keytab } | null = null;
  return () => {
    if (!existsSync(path)) return null;
    const changed = statSync(path).mtimeMs;
    if (read?.changed !== changed) read = { changed, keytab: parseKeytab(readFileSync(path)) };
    return read.keytab;
  };
}

/** `name@REALM` and `DOMAIN\name` as the account's name on this machine. */
const plainName = (name: string): string => name.replace(/^[^\\]*\\/, '');

/** Who may log on to the agent: system accounts by PAM, the product's own for NTLM, and whom Kerberos vouches for. */
export function agentAccounts(parts: {
  readonly users: SystemUsers;
  readonly passwords: PasswordCheck;
  readonly own: OwnAccounts;
  readonly keytab: string;
}): Accounts {
  const { users, passwords, own } = parts;
  // A ticket, a hash or a certificate says nothing of an account that has expired since.
  const allowed = async (user: OperationUser | null) =>
    user && (await (passwords.mayLogOn?.(user.name) ?? true)) ? user : null;
  return {
    checkPassword: async (name, password, signal) => {
      const account = plainName(name);
      return (await passwords.check(account, password, signal)) ? users.find(account) : null;
    },
    // SSSD knows people by name@realm, a machine without it by the name alone.
    find: async (name, realm) =>
      allowed(
        (realm ? await users.find(`${name}@${realm.toLowerCase()}`) : null) ?? (await users.find(plainName(name))),
      ),
    ntHash: (name) => own.hash(name),
    keytab: keytabReader(parts.keytab),
  };
}
