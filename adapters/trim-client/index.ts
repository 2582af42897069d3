export type {
  ChannelState,
  FetchProgress,
  FetchRequest,
  FetchResult,
  PreviousVersion,
  RepositoryAccess,
  TransferForecast,
} from './fetch-types.ts';
// fetchVersion(request: FetchRequest): Promise<FetchResult>
// checkChannel({ repository, trust, image, channel, now?, signal?, onTrust? }): Promise<ChannelState>
// forecastFetch(request: Omit<FetchRequest, 'target' | 'onProgress'>): Promise<TransferForecast>
