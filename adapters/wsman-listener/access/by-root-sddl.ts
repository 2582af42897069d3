import type { Capability, OperationUser } from '@atelier/plugin-kit';
import type { Audit } from '../audit.ts';
import type { Authorization } from '../authorization.ts';
import type { SettingsStore } from '../config/settings-store.ts';
import { type AccessEntry, type AccessRight, readSddl, type Trustee } from './read-sddl.ts';

/** Which right a verb needs, as WinRM has it. */
const rightFor: Readonly<Record<Capability, AccessRight>> = {
  get: 'read',
  enumerate: 'read',
  subscribe: 'read',
  put: 'write',
  create: 'write',
  delete: 'write',
  invoke: 'execute',
  shell: 'execute',
};

function isMeant(trustee: Trustee, { account, administrator }: OperationUser): boolean {
  switch (trustee.kind) {
    case 'everyone':
      return true;
    case 'nobody':
      return false;
    case 'administrators':
      return administrator;
    case 'system':
      return account?.uid === 0;
    case 'user':
      return account?.uid === trustee.id;
    case 'group':
      return account?.gid === trustee.id || (account?.groups?.includes(trustee.id) ?? false);
  }
}

/** Whether the entries give the right: the first that speaks of both user and right decides, and nothing is given by silence. */
export function allows(entries: readonly AccessEntry[], user: OperationUser, right: AccessRight): boolean {
  return entries.find((one) => one.rights.has(right) && isMeant(one.trustee, user))?.effect === 'allow';
}

/** What RootSDDL of the settings says, whenever somebody asks. One that cannot be understood (a file changed by hand) lets nobody in, and is reported. */
export function byRootSddl(settings: SettingsStore, audit: Audit): Authorization {
  let read: { readonly text: string; readonly entries: readonly AccessEntry[] } | null = null;
  const entriesOf = (text: string): readonly AccessEntry[] => {
    try {
      return readSddl(text);
    } catch (error) {
      audit({ kind: 'failure', message: 'RootSDDL cannot be understood: nobody is let in', error });
      return [];
    }
  };
  return (user, _resourceUri, verb) => {
    const text = settings.current.config.Service.RootSDDL;
    if (read?.text !== text) read = { text, entries: entriesOf(text) };
    return allows(read.entries, user, rightFor[verb]);
  };
}
