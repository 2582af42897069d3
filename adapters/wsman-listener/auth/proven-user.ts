import type { OperationUser } from '@atelier/plugin-kit';
import type { Identity, PasswordCredentials } from '@atelier/spnego';
import type { Accounts } from '../accounts.ts';
import { findIdentity } from './negotiate.ts';

/** `DOMAIN\\name` and `name@REALM` without the part that is not the name. */
const plainName = (name: string): string =>
  name
    .replace(/^[^\\]*\\/, '')
    .replace(/@.*$/, '')
    .toLowerCase();

/**
 * The account of a logon that handed over a password, once that is proved too: it is of the same person, and the system takes it for that account now
 * (as with Basic: locked and expired accounts are refused). Null otherwise, also when no password came. Throws when nobody can be asked.
 */
export async function provenUser(
  accounts: Accounts,
  identity: Identity,
  delegated: PasswordCredentials | null,
  signal: AbortSignal,
): Promise<OperationUser | null> {
  if (!delegated || delegated.password === '' || plainName(delegated.user) !== plainName(identity.user)) return null;
  const user = await findIdentity(accounts, identity);
  const checked = user && (await accounts.checkPassword(user.name, delegated.password, signal));
  return checked?.name === user?.name ? checked : null;
}
