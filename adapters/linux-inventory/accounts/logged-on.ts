import type { LinuxHost } from '../linux-host.ts';

/** A person's session on the machine. */
export interface LoggedOnUser {
  readonly session: string;
  readonly uid: number;
  readonly user: string;
}

/** Sessions that logind knows; none where there is no logind. */
export async function loggedOnUsers(host: LinuxHost, signal: AbortSignal): Promise<readonly LoggedOnUser[]> {
  const output = await host.run(host.programs.loginctl, ['list-sessions', '--no-legend', '--no-pager'], signal);
  return (output ?? '').split('\n').flatMap((row) => {
    const [session, uid, user] = row.trim().split(/\s+/);
    return session && user && /^\d+$/.test(uid ?? '') ? [{ session, uid: Number(uid), user }] : [];
  });
}
