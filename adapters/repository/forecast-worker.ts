import { serveTasks } from '@atelier/adapters/thread-pool';
import { type Forecast, forecast } from './forecast.ts';
import { folderSource } from './repository-source.ts';
import { sourceStore } from './source-store.ts';

/** A forecast over a repository in a folder; `keys` by name. */
export type ForecastTask = {
  readonly folder: string;
  readonly image: string;
  readonly from: readonly number[];
  readonly to: number;
  readonly keys: Readonly<Record<string, Uint8Array>>;
};

serveTasks(async ({ folder, keys, ...rest }: ForecastTask): Promise<{ readonly value: Forecast }> => {
  const store = sourceStore(folderSource(folder));
  return { value: await forecast({ ...rest, store, keys: async (_, keyId) => keys[keyId] }) };
});
