import type { Manifest } from './manifest.ts';
import { checkDigest, checkName, checkVersion } from './names.ts';

/** Path of the trusted root; all paths are relative to the repository's base URL (README, "Files"). */
export const rootPath = 'root.json';

/** Path of one past version of the root, from which clients walk to the newest. */
export function rootVersionPath(version: number): string {
  return `roots/${checkVersion(version, 'root version')}.json`;
}

/** Path of an image's channel pointers. */
export function latestPath(image: string): string {
  return `images/${checkName(image, 'image')}/latest.json`;
}

/** Path of a version's signed manifest. */
export function manifestPath(image: string, version: number): string {
  return `images/${checkName(image, 'image')}/${checkVersion(version)}.manifest.json`;
}

/** Path of a version's index. */
export function indexPath(image: string, version: number): string {
  return `images/${checkName(image, 'image')}/${checkVersion(version)}.index`;
}

/** Path of a manifest that was replaced when packs were rewritten, for those whose channel still names it. */
export function keptManifestPath(image: string, version: number, digest: string): string {
  return `images/${checkName(image, 'image')}/${checkVersion(version)}.${checkDigest(digest, 'manifest digest')}.manifest.json`;
}

/** Path of the index that a manifest names. */
export function indexPathOf({ image, version, index }: Manifest): string {
  return index.named ? keptIndexPath(image, version, index.digest) : indexPath(image, version);
}

/** Path of the index of a manifest that took the place of another: the index of the one before stays at `indexPath`. */
export function keptIndexPath(image: string, version: number, digest: string): string {
  return `images/${checkName(image, 'image')}/${checkVersion(version)}.${checkDigest(digest, 'index digest')}.index`;
}

/** Path of a pack of new blocks. */
export function packPath(digest: string): string {
  return `packs/${checkDigest(digest, 'pack digest')}.pack`;
}

/** Path of a pack of delta frames. */
export function deltaPath(digest: string): string {
  return `deltas/${checkDigest(digest, 'delta digest')}.pack`;
}

export type RepositoryPath =
  | { readonly kind: 'root' }
  | { readonly kind: 'root-version'; readonly version: number }
  | { readonly kind: 'latest'; readonly image: string }
  | { readonly kind: 'manifest'; readonly image: string; readonly version: number }
  | { readonly kind: 'index'; readonly image: string; readonly version: number }
  | { readonly kind: 'kept-manifest'; readonly image: string; readonly version: number; readonly digest: string }
  | { readonly kind: 'kept-index'; readonly image: string; readonly version: number; readonly digest: string }
  | { readonly kind: 'pack'; readonly digest: string }
  | { readonly kind: 'delta'; readonly digest: string };

const patterns: readonly (readonly [RegExp, (parts: readonly string[]) => RepositoryPath])[] = [
  [/^root\.json$/, () => ({ kind: 'root' })],
  [/^roots\/([1-9]\d{0,9})\.json$/, ([v]) => ({ kind: 'root-version', version: checkVersion(Number(v)) })],
  [/^images\/([^/]+)\/latest\.json$/, ([n]) => ({ kind: 'latest', image: checkName(n, 'image') })],
  [/^images\/([^/]+)\/([1-9]\d{0,9})\.manifest\.json$/, ([n, v]) => ({ kind: 'manifest', ...versionOf(n, v) })],
  [/^images\/([^/]+)\/([1-9]\d{0,9})\.index$/, ([n, v]) => ({ kind: 'index', ...versionOf(n, v) })],
  [
    /^images\/([^/]+)\/([1-9]\d{0,9})\.([0-9a-f]{64})\.manifest\.json$/,
    ([n, v, d]) => ({ kind: 'kept-manifest', ...versionOf(n, v), digest: d as string }),
  ],
  [
    /^images\/([^/]+)\/([1-9]\d{0,9})\.([0-9a-f]{64})\.index$/,
    ([n, v, d]) => ({ kind: 'kept-index', ...versionOf(n, v), digest: d as string }),
  ],
  [/^packs\/([0-9a-f]{64})\.pack$/, ([d]) => ({ kind: 'pack', digest: d as string })],
  [/^deltas\/([0-9a-f]{64})\.pack$/, ([d]) => ({ kind: 'delta', digest: d as string })],
];

function versionOf(name: string | undefined, number: string | undefined) {
  return { image: checkName(name, 'image'), version: checkVersion(Number(number)) };
}

/**
 * What a path of a repository is, or undefined when it is none of the format's files. Whoever serves a repository
 * (and wants to serve nothing else) asks this.
 */
export function parseRepositoryPath(path: string): RepositoryPath | undefined {
  for (const [pattern, make] of patterns) {
    const match = pattern.exec(path);
    if (!match) continue;
    try {
      return make(match.slice(1));
    } catch {
      return undefined;
    }
  }
  return undefined;
}
