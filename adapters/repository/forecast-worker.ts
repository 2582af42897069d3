import { serveTasks } from '@atelier/adapters/thread-pool';
import { type Forecast, forecast } from './forecast.ts';
import { folderSource } from './repository-source.ts';
import { sourceStore } from './source-store.ts';
import { type ImageStats, stats } from './stats.ts';

/** Work over an image of a repository in a folder; `keys` by name. */
type OverFolder = {
  readonly folder: string;
  readonly image: string;
  readonly keys: Readonly<Record<string, Uint8Array>>;
};
export type ForecastTask = OverFolder & { readonly from: readonly number[]; readonly to: number };
export type StatsTask = OverFolder & { readonly ways?: number };

serveTasks(async (task: ForecastTask | StatsTask): Promise<{ readonly value: Forecast | ImageStats }> => {
  const { folder, keys, ...rest } = task;
  const over = { store: sourceStore(folderSource(folder)), keys: async (_: string, keyId: string) => keys[keyId] };
  return { value: 'to' in rest ? await forecast({ ...rest, ...over }) : await stats({ ...rest, ...over }) };
});
