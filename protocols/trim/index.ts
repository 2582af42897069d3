export type { DeltaTable } from './src/delta-table.ts';
export { ed25519Signer, generateSigner, type PublicKey, publicKey, type Signer, signerFromPem } from './src/ed25519.ts';
export { type ChannelTarget, exportLatest, type Latest, openLatest } from './src/latest.ts';
export { blockBytes, limits } from './src/limits.ts';
export { type DeltaEntry, type Manifest, type PackEntry, sealManifest } from './src/manifest.ts';
export { checkDigest, checkName, checkVersion, isName } from './src/names.ts';
export { openManifest } from './src/open-manifest.ts';
export {
  deltaPath,
  indexPath,
  latestPath,
  manifestPath,
  packPath,
  parseRepositoryPath,
  type RepositoryPath,
  rootPath,
  rootVersionPath,
} from './src/paths.ts';
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
export { isTrimError, TrimError } from './src/trim-error.ts';
export { type TrimErrorCode, type TrimErrorText, trimErrors } from './src/trim-errors.ts';
export {
  acceptLatest,
  acceptRoot,
  pinRoot,
  requireFreshRoot,
  type TrustState,
  trustedRoot,
} from './src/trust-state.ts';
export { blockCount, type FrameTable, frameOfRef, type VersionIndex } from './src/version-index.ts';
