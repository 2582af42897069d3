import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { importsOf } from './imports-of.ts';
import { isTest, rooms } from './rooms.ts';

/** A source file of the project: its path from the root, with slashes, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** What is known of the project as a whole. */
export interface Project {
  /** Our packages: name → folder from the root. */
  readonly packages: Readonly<Record<string, string>>;
  /** The names that the root package.json declares. */
  readonly declared: readonly string[];
}

export const longestFile = 400;
const packageName = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** The part of a package that has a door of its own: the first folder below `domain` and `adapters`, the package itself elsewhere. */
function capabilityOf(path: string, packages: Project['packages']): string {
  const folder = Object.values(packages).find((one) => path.startsWith(`${one}/`)) ?? path.split('/')[0]!;
  const inside = path.slice(folder.length + 1).split('/');
  const split = (folder === 'domain' || folder === 'adapters') && inside.length > 1;
  return split ? `${folder}/${inside[0]}` : folder;
}

function relativeViolation(file: string, specifier: string, packages: Project['packages']): string | null {
  const target = posix.join(posix.dirname(file), specifier.replace(/\?.*$/, ''));
  const from = capabilityOf(file, packages);
  const to = capabilityOf(target, packages);
  // bin starts what tools prepare: neither is a package, and both run before there are any.
  if (from === 'bin' && to === 'tools') return null;
  if (from === to) return null;
  // They test and measure from outside of the rooms, with the rooms' own test fixtures; nothing imports them.
  if ((from === 'peers' || from === 'bench') && to !== 'bin') return null;
  const samePackage = /^(domain|adapters)\//.exec(from)?.[0];
  if (samePackage && to.startsWith(samePackage) && target === `${to}/index.ts`) return null;
  return `leaves ${from} by "${specifier}": import ${to} by its package door`;
}

function packageViolation(file: SourceFile, specifier: string, project: Project): string | null {
  const room = rooms.find((one) => file.path.startsWith(one.folder));
  if (!room) return `lies in no room`;
  const test = isTest(file.path);
  const isNode = specifier.startsWith('node:') || builtinModules.includes(specifier);
  if (isNode && !specifier.startsWith('node:')) return `imports "${specifier}" without "node:"`;
  if (isNode) return room.node === 'any' || test || room.node.includes(specifier) ? null : `may not use ${specifier}`;
  const name = packageName(specifier);
  const folder = project.packages[name];
  if (folder) {
    const door = room.ours.includes(name) || (folder.startsWith('protocols/') && room.ours.includes('protocols/*'));
    const itself = file.path.startsWith(`${folder}/`);
    return door || itself ? null : `may not import ${name}`;
  }
  if (!project.declared.includes(name)) return `imports ${name}, which the root package.json does not declare`;
  if (room.npm === 'any' || room.npm.includes(name) || (test && name === 'vitest')) return null;
  return `may not import ${name}`;
}

/** Everything about one file that breaks a rule of the house, each as a sentence that begins with the file's path. */
export function violations(file: SourceFile, project: Project): string[] {
  const found = importsOf(file.text).map((specifier) =>
    specifier.startsWith('.')
      ? relativeViolation(file.path, specifier, project.packages)
      : packageViolation(file, specifier, project),
  );
  const lines = file.text.split('\n').length - 1;
  if (lines > longestFile) found.push(`has ${lines} lines: at most ${longestFile}, so split it by what it holds`);
  if (!/^[a-z0-9.-]+$/.test(posix.basename(file.path))) found.push('is not named in kebab-case');
  if (/^\s*export default\b/m.test(file.text) && !/\.(config|d)\.ts$/.test(file.path))
    found.push('has a default export');
  return found.filter((one) => one !== null).map((one) => `${file.path} ${one}`);
}
