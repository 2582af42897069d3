import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A page of documentation. */
export interface Page {
  /** Relative to the project, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Folders with pages, besides those of the root itself. */
const folders = ['docs', 'bench', 'packaging', 'protocols'];

/** Every Markdown page of the project at `root`, by path. */
export function documents(root: string): Page[] {
  const below = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  );
  return [...readdirSync(root), ...below]
    .filter((path) => path.endsWith('.md') && !path.includes('node_modules'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}
