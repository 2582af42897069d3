import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CannotPrepare, step } from './step.mjs';

/** @param {string} file */
function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  } catch {
    return null;
  }
}

/**
 * Whether node_modules holds exactly what package-lock.json says. npm writes its own record of what it installed as the very
 * last act, so that an interrupted installation has none.
 * @param {string} root
 */
export function npmPackagesAreThere(root) {
  const wanted = packagesIn(join(root, 'package-lock.json'));
  const installed = packagesIn(join(root, 'node_modules', '.package-lock.json'));
  if (!wanted || !installed) return false;
  return Object.entries(wanted).every(([path, one]) => {
    if (!path.startsWith('node_modules/')) return true;
    const found = installed[path];
    if (one.link) return existsSync(join(root, path));
    return found ? found.version === one.version : Boolean(one.optional || one.peer);
  });
}

/**
 * Installs the npm packages when they are missing or differ from the lock file. No package's own script is run.
 * @param {string} root
 */
export async function ensureNpmPackages(root) {
  if (npmPackagesAreThere(root)) return;
  await step('npm packages, with the pinned Node (npm ci; the first time about a minute)', () => {
    const own = process.env.npm_execpath;
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const [command, before] = own?.endsWith('.js') ? [process.execPath, [own]] : ['npm', []];
    const done = spawnSync(command, [...before, ...args], { cwd: root, stdio: ['ignore', 2, 2] });
    if (done.error) throw new CannotPrepare(`npm cannot be run (${done.error.message}): install npm, then start again`);
    if (done.status !== 0)
      throw new CannotPrepare(
        'npm ci failed, see its words above: check the network and the registry, then start again',
      );
  });
}
