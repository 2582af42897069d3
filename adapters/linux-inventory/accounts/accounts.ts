import type { CimInstance } from '@atelier/cim';
import { associationOf, defineAssociation, defineClass, instanceOf } from '../define-class.ts';
import type { ClassFamily } from '../family.ts';
import type { LinuxHost } from '../linux-host.ts';
import { groupSid, readGroups, readPasswd, userSid } from './account-names.ts';
import { loggedOnUsers } from './logged-on.ts';

const account = defineClass({
  name: 'Win32_Account',
  superclass: 'CIM_LogicalElement',
  abstract: true,
  keys: 'Domain Name',
  string: 'Domain Name SID',
  boolean: 'LocalAccount',
  uint8: 'SIDType',
});
const user = defineClass({
  name: 'Win32_UserAccount',
  superclass: 'Win32_Account',
  uint32: 'AccountType',
  boolean: 'Disabled Lockout PasswordChangeable PasswordExpires PasswordRequired',
  string: 'FullName',
});
const group = defineClass({ name: 'Win32_Group', superclass: 'Win32_Account' });
const session = defineClass({
  name: 'Win32_LogonSession',
  superclass: 'CIM_LogicalElement',
  keys: 'LogonId',
  string: 'LogonId AuthenticationPackage',
  uint32: 'LogonType',
  datetime: 'StartTime',
});

const common = (host: LinuxHost, name: string, sid: string, sidType: number) => ({
  Name: name,
  Domain: host.name,
  Caption: `${host.name}\\${name}`,
  SID: sid,
  SIDType: sidType,
  LocalAccount: true,
  Status: 'OK',
});

async function* users(host: LinuxHost): AsyncIterable<CimInstance> {
  const shadow = new Map(
    ((await host.text('etc/shadow')) ?? '')
      .split('\n')
      .map((row) => row.split(':'))
      .map((row) => [row[0]!, row]),
  );
  for (const one of await readPasswd(host)) {
    const [, password, , , maximum, , , expires] = shadow.get(one.name) ?? [];
    const today = Math.floor(Date.now() / 86_400_000);
    const locked = password?.startsWith('!') ?? false;
    const expired = expires ? Number(expires) <= today : false;
    yield instanceOf('Win32_UserAccount', {
      ...common(host, one.name, userSid(one.uid), 1),
      Description: one.fullName,
      FullName: one.fullName,
      AccountType: 512,
      Disabled: locked || expired || /\/(nologin|false)$/.test(one.shell),
      Lockout: false,
      PasswordChangeable: true,
      PasswordRequired: password !== '',
      PasswordExpires: maximum !== undefined && maximum !== '' && Number(maximum) < 99_999,
    });
  }
}

async function* groups(host: LinuxHost): AsyncIterable<CimInstance> {
  for (const one of await readGroups(host))
    yield instanceOf('Win32_Group', { ...common(host, one.name, groupSid(one.gid), 4), Description: one.name });
}

/** Who is in which group: by the group's list, and by the account's own group. */
async function* members(host: LinuxHost): AsyncIterable<CimInstance> {
  const accounts = await readPasswd(host);
  for (const one of await readGroups(host)) {
    const named = new Set([
      ...one.members,
      ...accounts.filter((each) => each.gid === one.gid).map((each) => each.name),
    ]);
    for (const name of named)
      yield associationOf('Win32_GroupUser', {
        GroupComponent: ['Win32_Group', { Domain: host.name, Name: one.name }],
        PartComponent: ['Win32_UserAccount', { Domain: host.name, Name: name }],
      });
  }
}

/** Accounts, groups, and who is logged on. */
export const accountFamily = (host: LinuxHost): ClassFamily => ({
  classes: [
    account,
    user,
    group,
    session,
    defineAssociation('Win32_GroupUser', 'CIM_Component', {
      GroupComponent: 'Win32_Group',
      PartComponent: 'Win32_Account',
    }),
    defineAssociation('Win32_LoggedOnUser', 'CIM_Dependency', {
      Antecedent: 'Win32_Account',
      Dependent: 'Win32_LogonSession',
    }),
  ],
  sources: {
    Win32_UserAccount: { list: () => users(host) },
    Win32_Group: { list: () => groups(host) },
    Win32_GroupUser: { list: () => members(host) },
    Win32_LogonSession: {
      list: async function* (_, context) {
        for (const one of await loggedOnUsers(host, context.signal))
          yield instanceOf('Win32_LogonSession', {
            LogonId: one.session,
            Name: one.session,
            LogonType: 2,
            AuthenticationPackage: 'PAM',
            Status: 'OK',
          });
      },
    },
    Win32_LoggedOnUser: {
      list: async function* (_, context) {
        for (const one of await loggedOnUsers(host, context.signal))
          yield associationOf('Win32_LoggedOnUser', {
            Antecedent: ['Win32_UserAccount', { Domain: host.name, Name: one.user }],
            Dependent: ['Win32_LogonSession', { LogonId: one.session }],
          });
      },
    },
  },
});
