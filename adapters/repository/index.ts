export { type Finding, type FindingCode, findingCodes } from './finding.ts';
export type { PublishCompression, PublishProgress, PublishRequest, PublishResult } from './publish-types.ts';
export type { RepositoryStore, StoreBody, StoreEntry } from './repository-store.ts';
// fileSystemStore(folder): RepositoryStore
// initRepository({ store, rootSigner, signer, now?, validForMs? }): Promise<string>      text of root.json; idempotent
// rotateRoot({ store, oldRootSigner, newRootSigner, signers: PublicKey[], now?, validForMs? }): Promise<string>
// publishVersion(request: PublishRequest): Promise<PublishResult>
// setChannels({ store, signer, image, channels: Record<string, number>, now?, validForMs? }): Promise<Latest>   replaces all channels
// resignLatest({ store, signer, image, now?, validForMs? }): Promise<Latest>             same channels, next counter
// readLatest({ store, image }): Promise<Latest | undefined>
// listVersions({ store, image }): Promise<readonly Manifest[]>
// removeVersion({ store, image, version }): Promise<void>                                room comes back at the next gc
// fsck({ store, repair: false, onProgress?, signal? }): Promise<readonly Finding[]>
// gc({ store, dryRun, graceMs?, now? }): Promise<{ removed, kept, freedBytes }>
// stats({ store, image }): Promise<...>
// forecast({ store, image, from: number[], to }): Promise<TransferForecast>
