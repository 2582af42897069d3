export { fileSystemStore } from './file-system-store.ts';
export { type Finding, type FindingCode, findingCodes } from './finding.ts';
export { initRepository, rotateRoot } from './init-repository.ts';
export type { PublishCompression, PublishProgress, PublishRequest, PublishResult } from './publish-types.ts';
export { publishVersion } from './publish-version.ts';
export { listVersions, readIndex, readLatest, readManifest, readRoot } from './read-repository.ts';
export { removeVersion } from './remove-version.ts';
export type { RepositoryStore, StoreBody, StoreEntry } from './repository-store.ts';
export { resignLatest, type SignLatestRequest, setChannels } from './set-channels.ts';
