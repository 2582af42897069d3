import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { systemPackages } from '../system-packages.mjs';
import { CannotPrepare, say, step } from './step.mjs';

/** @param {string} pattern a path in which one part may be `*` */
function anyFile(pattern) {
  const [before, after] = pattern.split('/*/');
  if (after === undefined) return existsSync(pattern);
  if (!existsSync(before)) return false;
  return readdirSync(before).some((name) => existsSync(`${before}/${name}/${after}`));
}

/**
 * The packages for `purposes` of which no file is there.
 * @param {readonly import('../system-packages.mjs').Purpose[]} purposes
 */
export const missingPackages = (purposes) =>
  systemPackages.filter((one) => purposes.includes(one.purpose) && ![one.file].flat().some(anyFile));

/** How to become root without a question: nothing as root, `sudo -n` when it needs no password, otherwise null. */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : null;
}

const quiet = {
  DEBIAN_FRONTEND: 'noninteractive',
  UCF_FORCE_CONFFOLD: '1',
  LC_ALL: 'C.UTF-8',
};

/** @param {readonly string[]} command */
function run(command) {
  const [program, ...args] = command;
  const done = spawnSync(program, args, { stdio: ['ignore', 2, 2], env: { ...process.env, ...quiet } });
  return done.status === 0;
}

/** The unit that a package would start. @type {Readonly<Record<string, string>>} */
const services = {
  postgresql: 'postgresql.service',
  'nginx-light': 'nginx.service',
  'krb5-kdc': 'krb5-kdc.service',
  'krb5-admin-server': 'krb5-admin-server.service',
  winbind: 'winbind.service',
};

/**
 * Programs are wanted, not services: Debian would start a database cluster and a web server of its own.
 * The cluster is declined in the file that Debian provides for that; units are masked until they are installed, then disabled.
 * @param {readonly string[]} root
 * @param {readonly string[]} names
 */
function withoutServices(root, names) {
  const conf = '/etc/postgresql-common/createcluster.conf';
  if (names.includes('postgresql') && !existsSync(conf)) {
    const text =
      '# PostgreSQL is used for its programs, not for a system-wide cluster\\ncreate_main_cluster = false\\n';
    run([...root, 'sh', '-c', `mkdir -p /etc/postgresql-common && printf '${text}' > ${conf}`]);
  }
  const units = names.filter((name) => name in services).map((name) => services[name]);
  if (units.length === 0 || !existsSync('/run/systemd/system')) return () => {};
  run([...root, 'systemctl', 'mask', '--runtime', '--quiet', ...units]);
  return () => {
    run([...root, 'systemctl', 'unmask', '--runtime', '--quiet', ...units]);
    run([...root, 'systemctl', 'disable', '--quiet', ...units]);
  };
}

function listsAreOld() {
  try {
    const lists = '/var/lib/apt/lists';
    const named = readdirSync(lists).some((name) => name.endsWith('_Packages') || name.includes('_Packages.'));
    return !named || Date.now() - statSync(lists).mtimeMs > 86_400_000;
  } catch {
    return true;
  }
}

/**
 * Installs what is missing for `purposes` from Debian, as root or by a sudo that asks nothing; otherwise says the one line to type.
 * @param {readonly import('../system-packages.mjs').Purpose[]} purposes
 */
export async function ensureDebianPackages(purposes) {
  const missing = missingPackages(purposes);
  if (missing.length === 0) return;
  const names = missing.map((one) => one.name);
  const install = ['apt-get', 'install', '-y', '-q', '--no-install-recommends', '-o', 'Dpkg::Use-Pty=0'];
  const line = `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names.join(' ')}`;
  for (const one of missing) say(`  missing: ${one.name}: ${one.why}`);
  if (!existsSync('/usr/bin/apt-get'))
    throw new CannotPrepare(
      `this machine has no apt-get; install these by its own means, then start again: ${names.join(' ')}`,
    );
  const root = rootPrefix();
  if (!root)
    throw new CannotPrepare(
      `Debian packages are missing and need root. Type this once, then start again:\n\n    ${line}\n`,
    );
  await step(`Debian packages: ${names.join(' ')}`, () => {
    const withServices = withoutServices(root, names);
    const fresh = listsAreOld();
    if (fresh) run([...root, 'apt-get', 'update', '-q']);
    const keep = ['-o', 'Dpkg::Options::=--force-confold', '-o', 'DPkg::Lock::Timeout=300'];
    const env = root.length > 0 ? ['env', ...Object.entries(quiet).map(([name, value]) => `${name}=${value}`)] : [];
    const command = [...root, ...env, ...install, ...keep, ...names];
    const done = run(command) || (!fresh && run([...root, 'apt-get', 'update', '-q']) && run(command));
    withServices();
    if (!done) throw new CannotPrepare(`apt-get failed, see its words above. The line was:\n\n    ${line}\n`);
  });
  const still = missingPackages(purposes).map((one) => one.name);
  if (still.length > 0)
    throw new CannotPrepare(
      `apt-get installed ${still.join(', ')}, but their programs are not where they belong: is this Debian?`,
    );
}
