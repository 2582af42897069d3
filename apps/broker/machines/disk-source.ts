import type { FetchRequest } from '@atelier/adapters/trim-client';

/** Where disks of images come from. */
export interface DiskSource {
  /** The version that a channel points to; undefined when the image has no such channel. */
  current(image: string, channel: string, signal?: AbortSignal): Promise<number | undefined>;
  /** What a transfer needs of it. */
  access(): Promise<Pick<FetchRequest, 'repository' | 'trust' | 'onTrust'> & { readonly media: readonly string[] }>;
}
