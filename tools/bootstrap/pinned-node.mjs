import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CannotPrepare } from './step.mjs';

/**
 * The Node that package-lock.json pins for this machine, from npm's registry.
 * @param {string} root
 */
export function pinnedNode(root) {
  const path = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(path)) return path;
  if (Number(process.versions.node.split('.')[0]) >= 26) return process.execPath;
  throw new CannotPrepare(
    `there is no Node 26 for ${process.platform}-${process.arch} among the npm packages: run "npm ci" without --omit=optional, or start with a Node 26 of your own`,
  );
}
