/** One thing that `fsck` found wrong. `code` is stable; `path` is the file of the repository that it is about. */
export type Finding = {
  readonly code: FindingCode;
  readonly path: string;
  readonly message: string;
  /** `error`: some version cannot be fetched (rightly) any more; `warning`: room is wasted or something looks odd */
  readonly severity: 'error' | 'warning';
};

export const findingCodes = {
  'fsck.root': 'root.json is missing, damaged, expired or not signed',
  'fsck.latest': 'latest.json is damaged, expired or not signed, or names a version that is not there',
  'fsck.manifest': 'a manifest is damaged or not signed, or belongs elsewhere',
  'fsck.index': 'an index is missing or damaged, or does not fit its manifest',
  'fsck.pack-missing': 'a pack or delta that a manifest names is not there',
  'fsck.pack-digest': 'a pack or delta does not have the content that its name says',
  'fsck.frame': 'a frame does not hold the blocks that an index promises',
  'fsck.merkle-root': 'the blocks of a version do not add up to the root in its manifest',
  'fsck.orphan': 'a file that nothing names: left by an interrupted publish, or by a removed version',
  'fsck.stranger': 'a file that is none of the format',
} as const;

export type FindingCode = keyof typeof findingCodes;
