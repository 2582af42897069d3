import type { LinuxHost } from '../linux-host.ts';

/** A row of passwd(5). */
export interface PasswdEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly fullName: string;
  readonly home: string;
  readonly shell: string;
}

/** A row of group(5). */
export interface GroupEntry {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** Security identifiers as Samba makes them for accounts of Unix. */
export const userSid = (uid: number): string => `S-1-22-1-${uid}`;
export const groupSid = (gid: number): string => `S-1-22-2-${gid}`;

function rows(text: string | null, fields: number): readonly (readonly string[])[] {
  return (text ?? '')
    .split('\n')
    .map((row) => row.split(':'))
    .filter((row) => row.length >= fields && row[0] !== '' && /^\d+$/.test(row[2]!));
}

/** Accounts in /etc/passwd. */
export async function readPasswd(host: LinuxHost): Promise<readonly PasswdEntry[]> {
  return rows(await host.text('etc/passwd'), 7).map(([name, , uid, gid, gecos, home, shell]) => ({
    name: name!,
    uid: Number(uid),
    gid: Number(gid),
    fullName: gecos!.split(',')[0]!,
    home: home!,
    shell: shell!,
  }));
}

/** Groups in /etc/group. */
export async function readGroups(host: LinuxHost): Promise<readonly GroupEntry[]> {
  return rows(await host.text('etc/group'), 4).map(([name, , gid, members]) => ({
    name: name!,
    gid: Number(gid),
    members: members!.split(',').filter(Boolean),
  }));
}

/** Name of an account by its number; asks the name services when the files do not know it. */
export async function accountName(host: LinuxHost, uid: number): Promise<string | null> {
  const known = (await readPasswd(host)).find((one) => one.uid === uid);
  if (known) return known.name;
  if (!host.live) return null;
  const row = await host.run(host.programs.getent, ['passwd', String(uid)], AbortSignal.timeout(5000));
  return row?.split(':')[0] || null;
}
