import { type Forecast, forecastAside } from '@atelier/adapters/repository';
import type { imageEndpoints } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { Handlers } from '../http/handlers.ts';
import type { Repository } from '../repository/repository.ts';
import type { Services } from '../services.ts';
import { imageKeys } from './content-keys.ts';
import { readVersionRow } from './version-view.ts';

/** So many earlier versions are reckoned with: who is further behind is counted with the oldest of them. */
const mostWays = 8;
/** Forecasts that are remembered; versions never change, so they never grow old. */
const mostKnown = 500;

/** What transfers take, from the planner that clients use. */
export function planHandlers(
  services: Services,
  repository: Repository,
): Pick<Handlers<typeof imageEndpoints>, 'plan' | 'forecast'> {
  const { db } = services;
  const known = new Map<string, Promise<Forecast>>();

  const published = async (name: string, number: number) => {
    const row = await readVersionRow(db, name, number);
    if (row.state === 'available' || row.state === 'retired') return row;
    throw new AtelierError(
      'image.wrong-state',
      `version ${number} of ${name} is ${row.state}: nobody can fetch it yet`,
    );
  };

  const reckon = async (name: string, to: number, ways: readonly (readonly number[])[]): Promise<Forecast[]> => {
    const { manifest_digest: digest } = await published(name, to);
    const keyOf = (from: readonly number[]) => `${digest} ${from.join()}`;
    const fresh = ways.filter((from) => !known.has(keyOf(from)));
    if (fresh.length > 0) {
      const keys = await imageKeys(services, name);
      const { folder } = repository;
      const tasks = fresh.map((from) => ({ folder, image: name, from, to, keys }));
      const made = repository.steady(services.signal, () => forecastAside(tasks));
      if (known.size > mostKnown) known.clear();
      for (const [i, from] of fresh.entries()) {
        const one = made.then((all) => all[i] as Forecast);
        one.catch(() => known.delete(keyOf(from)));
        known.set(keyOf(from), one);
      }
    }
    return await Promise.all(ways.map((from) => known.get(keyOf(from)) as Promise<Forecast>));
  };
  const view = (one: Forecast) => ({ ...one, from: [...one.from] });

  return {
    plan: async ({ params: { name, number }, query }) => {
      const from = query.from === '' ? [] : query.from.split(',').map(Number);
      for (const version of from) await published(name, version);
      const [plan] = await reckon(name, number, [from]);
      return view(plan as Forecast);
    },

    forecast: async ({ params: { name, number } }) => {
      await published(name, number);
      const earlier = await db
        .selectFrom('image_version')
        .innerJoin('image', 'image.id', 'image_version.image_id')
        .select('image_version.number')
        .where('image.name', '=', name)
        .where('image_version.number', '<', number)
        .where('image_version.state', 'in', ['available', 'retired'])
        .orderBy('image_version.number', 'desc')
        .limit(mostWays)
        .execute();
      const numbers = earlier.map((one) => one.number);
      const plans = await reckon(name, number, [[], ...numbers.map((one) => [one])]);
      const counts = await newestByEndpoint(services, name, number);
      const oldest = Math.min(...numbers);
      const ways = plans.map((plan) => {
        const [from] = plan.from;
        const has = (version: number) => version === from || (from === oldest && version < oldest);
        return {
          plan: view(plan),
          endpoints: [...counts].reduce((sum, [version, count]) => (has(version) ? sum + count : sum), 0),
        };
      });
      return {
        ways,
        fleet: {
          endpoints: ways.reduce((sum, { endpoints }) => sum + endpoints, 0),
          wireBytes: ways.reduce((sum, { endpoints, plan }) => sum + endpoints * plan.wireBytes, 0),
        },
      };
    },
  };
}

/** How many endpoints have which version of an image as their newest, of those before `number`. */
async function newestByEndpoint(
  { db }: Pick<Services, 'db'>,
  name: string,
  number: number,
): Promise<ReadonlyMap<number, number>> {
  const rows = await db
    .selectFrom('workspace_instance')
    .innerJoin('workspace', 'workspace.id', 'workspace_instance.workspace_id')
    .innerJoin('image', 'image.id', 'workspace.image_id')
    .innerJoin('endpoint', 'endpoint.id', 'workspace_instance.endpoint_id')
    .select(({ fn }) => ['workspace_instance.endpoint_id', fn.max('workspace_instance.version_number').as('newest')])
    .where('image.name', '=', name)
    .where('workspace_instance.version_number', 'is not', null)
    .where('endpoint.state', 'not in', ['revoked', 'wiped'])
    .groupBy('workspace_instance.endpoint_id')
    .execute();
  const counts = new Map<number, number>();
  for (const { newest } of rows) {
    const version = Number(newest);
    if (version < number) counts.set(version, (counts.get(version) ?? 0) + 1);
  }
  return counts;
}
