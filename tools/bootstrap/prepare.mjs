import { ensureConsole } from './console-build.mjs';
import { ensureDebianPackages } from './debian-packages.mjs';
import { ensureNpmPackages } from './npm-packages.mjs';
import { ensureUnpackedPackages } from './unpacked-packages.mjs';

/**
 * Makes the checkout ready to run: npm packages, Debian packages, built console. Each is looked for by files alone, so that
 * a second time costs milliseconds. With ATELIER_NO_INSTALL set (an installed package, a build without network) nothing is done.
 *
 * @param {string} root the checkout
 * @param {{ debian: readonly import('../system-packages.mjs').Purpose[], console: boolean }} wanted
 */
export async function prepare(root, wanted) {
  if (process.env.ATELIER_NO_INSTALL) return;
  await ensureNpmPackages(root);
  await ensureDebianPackages(wanted.debian);
  if (wanted.debian.includes('test')) await ensureUnpackedPackages(root);
  if (wanted.console) await ensureConsole(root);
}
