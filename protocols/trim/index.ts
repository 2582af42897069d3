export { chainStart } from './src/chains.ts';
export { rangeOf } from './src/coalesce.ts';
export { decodeIndex, type IndexFrame } from './src/decode-index.ts';
export {
  type DeltaBounds,
  decodeDeltaTable,
  deltaMagic,
  deltaTableMagic,
  encodeDeltaTable,
} from './src/delta-codec.ts';
export type { DeltaTable } from './src/delta-table.ts';
export { blockDigest, digestHex, frameDigest, merkleRoot, zeroBlockDigest } from './src/digests.ts';
export { ed25519Signer, generateSigner, type PublicKey, publicKey, type Signer, signerFromPem } from './src/ed25519.ts';
export { encodeIndex } from './src/encode-index.ts';
export { type ImageUses, imageUses } from './src/image-uses.ts';
export { checkIndexFile, openIndexFile, writeIndexFile } from './src/index-file.ts';
export { type ChannelTarget, exportLatest, type Latest, openLatest } from './src/latest.ts';
export { blockBytes, frameLengthLimit, limits } from './src/limits.ts';
export {
  decodeLocalIndex,
  encodeLocalIndex,
  type LocalHead,
  type LocalIndex,
  readLocalHead,
} from './src/local-index.ts';
export { type DeltaEntry, type Manifest, type PackEntry, sealManifest } from './src/manifest.ts';
export { maskHashes } from './src/mask-hashes.ts';
export { digestKey, type FrameMatch, matchFrames } from './src/match-frames.ts';
export { checkDigest, checkName, checkVersion, isName } from './src/names.ts';
export { openManifest } from './src/open-manifest.ts';
export {
  decodePackDirectory,
  decodePackFooter,
  encodePackTail,
  joinDigests,
  maskPackHashes,
  type PackFooter,
  type PackRow,
  packFooterBytes,
  packMagic,
  packRowBytes,
} from './src/pack-layout.ts';
export {
  deltaPath,
  indexPath,
  indexPathOf,
  keptIndexPath,
  keptManifestPath,
  latestPath,
  manifestPath,
  packPath,
  parseRepositoryPath,
  type RepositoryPath,
  rootPath,
  rootVersionPath,
} from './src/paths.ts';
export { lengthOfBlock, planTransfer } from './src/plan-transfer.ts';
export type {
  BytesBySource,
  CopyRuns,
  FrameFetch,
  PlanCosts,
  PlanInput,
  RangeRequest,
  TransferPlan,
  TransferSource,
} from './src/plan-types.ts';
export { openNextRoot, openPinnedRoot, type Root, sealRoot } from './src/root.ts';
export { openBytes, sealBytes } from './src/sealed-bytes.ts';
export { openFrame, sealFrame } from './src/sealed-frame.ts';
export { isTrimError, reviveTrimError, TrimError } from './src/trim-error.ts';
export { type TrimErrorCode, type TrimErrorText, trimErrors } from './src/trim-errors.ts';
export { trimIoError } from './src/trim-io-error.ts';
export {
  acceptLatest,
  acceptRoot,
  pinRoot,
  requireFreshRoot,
  type TrustState,
  trustedRoot,
} from './src/trust-state.ts';
export { blockCount, type FrameTable, frameOfRef, type VersionIndex } from './src/version-index.ts';
export { dictionaryHead, frameDictionary, zstdCompress, zstdDecompress } from './src/zstd.ts';
