import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Project, SourceFile } from './violations.ts';

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const skipped = /(^|\/)(node_modules|dist)(\/|$)/;

/** All our sources below `root`, and what its package.json files say. */
export function readProject(root: string): { readonly project: Project; readonly files: SourceFile[] } {
  const manifest = json(join(root, 'package.json'));
  const folders = (manifest.workspaces as string[]).flatMap((pattern) => globSync(pattern, { cwd: root }));
  const packages = Object.fromEntries(
    folders
      .filter((folder) => existsSync(join(root, folder, 'package.json')))
      .map((folder) => [json(join(root, folder, 'package.json')).name as string, folder]),
  );
  const declared = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((key) =>
    Object.keys(manifest[key] ?? {}),
  );
  const paths = globSync('{protocols,domain,api,plugin-kit,adapters,apps,peers,bench,tools,bin}/**/*.{ts,tsx,mjs}', {
    cwd: root,
    exclude: (path) => skipped.test(String(path)),
  });
  const files = paths
    .filter((path) => !skipped.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
  return { project: { packages, declared }, files };
}
