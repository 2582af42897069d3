export { checkChannel } from './check-channel.ts';
export type {
  ChannelState,
  FetchedBySource,
  FetchProgress,
  FetchRequest,
  FetchResult,
  PeerAccess,
  PreviousVersion,
  RepositoryAccess,
  TransferForecast,
} from './fetch-types.ts';
export { fetchVersion } from './fetch-version.ts';
export { searchHost } from './find-host-blocks.ts';
export { forecastFetch } from './forecast-fetch.ts';
export { readLocalIndex } from './previous-versions.ts';
export { findMedia } from './sources/media-source.ts';
export type { MirrorSpeed, MirrorSpeeds } from './sources/mirror-speeds.ts';
export { PackCache } from './sources/pack-cache.ts';
export { type PeerServer, servePeers } from './sources/serve-peers.ts';
export { openSiteCache, type SiteCache } from './sources/site-cache.ts';
