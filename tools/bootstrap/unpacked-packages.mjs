import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpackedPackages } from '../system-packages.mjs';
import { say, step } from './step.mjs';

const mirror = 'http://deb.debian.org/debian';
const keys = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The name of this Debian's release; null when this is another system. */
function release() {
  if (!existsSync('/etc/os-release') || !existsSync(keys)) return null;
  const words = readFileSync('/etc/os-release', 'utf8');
  if (!/^ID=debian$/m.test(words)) return null;
  return /^VERSION_CODENAME=(\w+)$/m.exec(words)?.[1] ?? null;
}

/**
 * @param {readonly string[]} command
 * @returns {void} @throws Error with the last of its words
 */
function run(command) {
  const [program, ...args] = command;
  const env = { ...process.env, LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' };
  const done = spawnSync(program, args, { encoding: 'utf8', timeout: 180_000, env });
  if (done.status === 0) return;
  const said = `${done.stderr ?? ''}${done.stdout ?? ''}`.trim().split('\n').slice(-3).join('; ');
  throw new Error(
    `${program} ${args.find((one) => !one.startsWith('-') && !one.includes('=')) ?? ''}: ${said || done.error}`,
  );
}

/**
 * @param {string} folder where they are unpacked; it is not there yet
 * @param {string} name of the release
 * @param {readonly string[]} packages
 */
function unpack(folder, name, packages) {
  const work = `${folder}.apt`;
  rmSync(work, { recursive: true, force: true });
  for (const one of ['lists/partial', 'cache/archives/partial', 'root'])
    mkdirSync(join(work, one), { recursive: true });
  try {
    const suites = [name, `${name}-backports`];
    const sources = suites.map((suite) => `deb [signed-by=${keys}] ${mirror} ${suite} main\n`);
    writeFileSync(join(work, 'sources.list'), sources.join(''));
    // A source list, package lists and a cache of their own: only what is installed is the machine's. Then nobody needs root either.
    /** @type {Readonly<Record<string, string>>} */
    const settings = {
      'Dir::Etc::sourcelist': join(work, 'sources.list'),
      'Dir::Etc::sourceparts': '-',
      'Dir::State::lists': join(work, 'lists'),
      'Dir::Cache': join(work, 'cache'),
      'Acquire::Languages': 'none',
      'Acquire::Retries': '2',
      'Acquire::http::Timeout': '20',
      'APT::Sandbox::User': 'root',
      'Debug::NoLocking': '1',
    };
    const options = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
    run(['apt-get', 'update', '--error-on=any', ...options]);
    // Also those that are installed, by whomever.
    const install = ['install', '--reinstall', '-y', '--download-only', '--no-install-recommends'];
    run(['apt-get', ...install, '-t', `${name}-backports`, ...options, ...packages]);
    const archives = join(work, 'cache', 'archives');
    for (const file of readdirSync(archives).filter((one) => one.endsWith('.deb')))
      run(['dpkg-deb', '-x', join(archives, file), join(work, 'root')]);
    writeFileSync(join(work, 'root', 'packages'), packages.join(' '));
    renameSync(join(work, 'root'), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * Unpacks what is missing of `unpackedPackages`, from Debian's mirror alone. What cannot be had is said; the tests that want it then fail, the others run.
 * @param {string} root the checkout
 */
export async function ensureUnpackedPackages(root) {
  for (const { folder: name, packages, file, why } of unpackedPackages) {
    const folder = join(root, '.cache', name);
    const list = join(folder, 'packages');
    if (existsSync(join(folder, file)) && existsSync(list) && readFileSync(list, 'utf8') === packages.join(' '))
      continue;
    rmSync(folder, { recursive: true, force: true });
    try {
      await step(`Debian packages beside the installed ones: ${packages.join(' ')}`, () => {
        const debian = release();
        if (!debian) throw new Error('this is not Debian, or its archive keys are not here');
        unpack(folder, debian, packages);
        if (!existsSync(join(folder, file))) throw new Error(`there is no ${file} in them`);
      });
    } catch (error) {
      say(`  not to be had: ${packages.join(', ')} (${why}): ${error instanceof Error ? error.message : error}`);
      say('  the tests that need them will fail; all others run');
    }
  }
}
