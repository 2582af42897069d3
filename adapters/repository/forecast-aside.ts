import { ThreadPool } from '@atelier/adapters/thread-pool';
import { reviveTrimError } from '@atelier/trim';
import type { Forecast } from './forecast.ts';
import type { ForecastTask, StatsTask } from './forecast-worker.ts';
import type { ImageStats } from './stats.ts';

/** Makes forecasts in a thread of their own, for planning goes over every block of a disk. Throws what `forecast` throws. */
export async function forecastAside(tasks: readonly ForecastTask[]): Promise<readonly Forecast[]> {
  return await aside((pool) => Promise.all(tasks.map((task) => pool.run<Forecast>(task))));
}

/** `stats` in a thread of its own. */
export async function statsAside(task: StatsTask): Promise<ImageStats> {
  return await aside((pool) => pool.run<ImageStats>(task));
}

async function aside<Result>(work: (pool: ThreadPool) => Promise<Result>): Promise<Result> {
  const pool = new ThreadPool(new URL('./forecast-worker.ts', import.meta.url), 1, undefined, reviveTrimError);
  try {
    return await work(pool);
  } finally {
    await pool.close();
  }
}
