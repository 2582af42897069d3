import { ThreadPool } from '@atelier/adapters/thread-pool';
import { reviveTrimError } from '@atelier/trim';
import type { Forecast } from './forecast.ts';
import type { ForecastTask } from './forecast-worker.ts';

/** Makes forecasts in a thread of their own, for planning goes over every block of a disk. Throws what `forecast` throws. */
export async function forecastAside(tasks: readonly ForecastTask[]): Promise<readonly Forecast[]> {
  const pool = new ThreadPool(new URL('./forecast-worker.ts', import.meta.url), 1, undefined, reviveTrimError);
  try {
    return await Promise.all(tasks.map((task) => pool.run<Forecast>(task)));
  } finally {
    await pool.close();
  }
}
