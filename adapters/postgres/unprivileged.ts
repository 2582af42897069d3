import { execFile } from 'node:child_process';
import { access, chmod, chown, constants, lstat, opendir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { AtelierError } from '@atelier/domain/errors';

const run = promisify(execFile);

/** How to start PostgreSQL's programs so that they do not see themselves as root, which they refuse to be. */
export interface Unprivileged {
  readonly kind: 'as-we-are' | 'user-namespace' | 'account';
  /** Words to put before the program. */
  readonly prefix: readonly string[];
  /** Who must own the files, in our own view. */
  readonly uid: number;
  readonly gid: number;
}

interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** The account to appear as: PostgreSQL's programs look their user id up, so it must exist. Debian's `postgres`, else any ordinary one. */
function pickAccount(passwd: string): Account | undefined {
  const accounts = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 7)
    .map(([name, , uid, gid]) => ({ name: name!, uid: Number(uid), gid: Number(gid) }))
    .filter((account) => account.uid > 0 && account.uid < 65_534);
  return accounts.find((account) => account.name === 'postgres') ?? accounts[0];
}

async function isReachable(account: Account, folder: string): Promise<boolean> {
  const words = [
    '--reuid',
    String(account.uid),
    '--regid',
    String(account.gid),
    '--clear-groups',
    'test',
    '-x',
    folder,
  ];
  return run('setpriv', words, { timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}

/**
 * Whether the account can reach what lies in `stateDir`. If that folder itself is what stops it, it is opened for passing
 * through (not for looking into); folders above it are not ours to change.
 */
async function letThrough(account: Account, stateDir: string): Promise<boolean> {
  if (await isReachable(account, stateDir)) return true;
  const { mode } = await stat(stateDir);
  await chmod(stateDir, mode | 0o011);
  if (await isReachable(account, stateDir)) return true;
  await chmod(stateDir, mode);
  return false;
}

/**
 * Finds out how PostgreSQL can run over files in `folder`. An ordinary user runs it as they are. As root: in a user
 * namespace where root appears as another account (files stay root's, and nobody else can reach them), or, where
 * namespaces are refused, as the account itself, if `folder` can be reached by it.
 *
 * @throws AtelierError `database.cannot-run-as-root`
 */
export async function findUnprivileged(folder: string): Promise<Unprivileged> {
  const uid = process.getuid!();
  const gid = process.getgid!();
  if (uid !== 0) return { kind: 'as-we-are', prefix: [], uid, gid };
  const account = pickAccount(await readFile('/etc/passwd', 'utf8').catch(() => ''));
  if (account === undefined) {
    throw new AtelierError('database.cannot-run-as-root', 'there is no account other than root on this machine');
  }
  const namespace = ['unshare', '--user', `--map-user=${account.uid}`, `--map-group=${account.gid}`];
  const allowed = await run(namespace[0]!, [...namespace.slice(1), 'true'], { timeout: 10_000 }).then(
    () => true,
    () => false,
  );
  if (allowed) return { kind: 'user-namespace', prefix: namespace, uid, gid };
  if (await letThrough(account, dirname(folder))) {
    const prefix = ['setpriv', '--reuid', String(account.uid), '--regid', String(account.gid), '--clear-groups'];
    return { kind: 'account', prefix, uid: account.uid, gid: account.gid };
  }
  throw new AtelierError(
    'database.cannot-run-as-root',
    `user namespaces are refused here, and the account ${account.name} cannot reach ${folder}`,
  );
}

/** Gives `path` and all that is in it to whom PostgreSQL runs as; does nothing when `path` is theirs or absent. */
export async function giveFiles(path: string, to: Unprivileged): Promise<void> {
  const exists = await access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
  if (!exists) return;
  const found = await lstat(path);
  if (found.uid === to.uid && found.gid === to.gid) return;
  if (found.isDirectory()) {
    for await (const entry of await opendir(path, { recursive: true })) {
      const inside = join(entry.parentPath, entry.name);
      if (!entry.isSymbolicLink()) await chown(inside, to.uid, to.gid);
    }
  }
  // The folder itself comes last: it is the mark that all is done.
  await chown(path, to.uid, to.gid);
}
