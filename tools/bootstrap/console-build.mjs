import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pinnedNode } from './pinned-node.mjs';
import { CannotPrepare, step } from './step.mjs';

/** What the built console depends on: its sources, and the packages whose sources it takes in. */
const sources = ['apps/console', 'api', 'domain', 'package-lock.json'];

/** @param {string} root */
function sourcesDigest(root) {
  const hash = createHash('sha256');
  const add = (/** @type {string} */ path) => {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  };
  const walk = (/** @type {string} */ folder) => {
    const entries = readdirSync(join(root, folder), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (entry.name !== 'dist' && entry.name !== 'node_modules') walk(path);
      } else if (!entry.name.includes('.test.')) add(path);
    }
  };
  for (const source of sources) source.includes('.') ? add(source) : walk(source);
  return hash.digest('hex');
}

/**
 * Builds the console when it was never built, or from other sources than those that lie here now.
 * @param {string} root
 */
export async function ensureConsole(root) {
  const stamp = join(root, 'apps/console/dist/.sources');
  // An installed tree carries the built console without its sources.
  if (!existsSync(join(root, 'apps/console/index.html'))) return;
  const digest = sourcesDigest(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  await step('console (vite build)', () => {
    const args = [join(root, 'node_modules/vite/bin/vite.js'), 'build', 'apps/console', '--logLevel', 'warn'];
    const done = spawnSync(pinnedNode(root), args, { cwd: root, stdio: ['ignore', 2, 2] });
    if (done.status !== 0) throw new CannotPrepare('the console could not be built, see the words of vite above');
    writeFileSync(stamp, digest);
  });
}
