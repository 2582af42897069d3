export { checkChannel } from './check-channel.ts';
export type {
  ChannelState,
  FetchProgress,
  FetchRequest,
  FetchResult,
  PreviousVersion,
  RepositoryAccess,
  TransferForecast,
} from './fetch-types.ts';
export { fetchVersion } from './fetch-version.ts';
export { forecastFetch } from './forecast-fetch.ts';
export { readLocalIndex } from './previous-versions.ts';
