import type { OperationUser } from '@atelier/plugin-kit';
import { runProgram } from './run-program.ts';

/** Names that programs can be given: they do not begin with a hyphen and have no blanks, colons or slashes. */
export const isUserName = (name: string): boolean => /^[\p{L}\p{N}_.][\p{L}\p{N}_.@\\$-]{0,127}$/u.test(name);

/** Whoever is in one of these groups of the system is an administrator, unless the agent is started with others. */
export const administratorGroups: readonly string[] = ['sudo', 'wheel', 'atelier-administrators'];

const keptMs = 60_000;

/** Looks accounts up where the system does (`getent`: files, LDAP, SSSD …) and remembers them for a minute. */
export class SystemUsers {
  readonly #administratorGroups: readonly string[];
  readonly #known = new Map<string, { readonly until: number; readonly user: OperationUser | null }>();

  /** `administratorGroups`: whoever is in one of them is an administrator, as is root. */
  constructor(administratorGroups: readonly string[]) {
    this.#administratorGroups = administratorGroups;
  }

  /** The account with this name; null when there is none. */
  async find(name: string): Promise<OperationUser | null> {
    const known = this.#known.get(name);
    if (known && known.until > Date.now()) return known.user;
    const user = isUserName(name) ? await this.#look(name) : null;
    if (this.#known.size > 1000) this.#known.clear();
    this.#known.set(name, { until: Date.now() + keptMs, user });
    return user;
  }

  async #look(name: string): Promise<OperationUser | null> {
    const { code, output } = await runProgram(['getent', 'passwd', name]);
    const [found, , uid, gid, , home, shell] = output.trimEnd().split(':');
    if (code !== 0 || !found || !uid || !gid) return null;
    const groups = await runProgram(['id', '-G', '--', found]);
    const groupNames = await runProgram(['id', '-Gn', '--', found]);
    const inGroup = groupNames.output
      .trim()
      .split(' ')
      .some((one) => this.#administratorGroups.includes(one));
    return {
      name: found,
      account: {
        uid: Number(uid),
        gid: Number(gid),
        home: home || '/',
        shell: shell || '/bin/sh',
        groups: groups.output.trim().split(' ').map(Number).filter(Number.isInteger),
      },
      administrator: Number(uid) === 0 || inGroup,
    };
  }
}
