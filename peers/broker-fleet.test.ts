import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BrokerFleet, brokerFleet } from './rdp-lab/broker-fleet.ts';

// Two broker processes over one PostgreSQL, as `atelier broker start` runs them; clients of the test's own making, as many as a morning brings.

const people = 500;
const targets = 10;
let fleet: BrokerFleet;

beforeAll(async () => {
  fleet = await brokerFleet({ brokers: 2, people, targets });
});
afterAll(() => fleet?.stop());

/** How many sessions each target has that has any. */
const spread = async (): Promise<number[]> => {
  const found = await fleet.database.db
    .selectFrom('broker_session')
    .select((eb) => eb.fn.countAll<number>().as('sessions'))
    .where('state', '=', 'connecting')
    .groupBy('target_id')
    .execute();
  return found.map((one) => Number(one.sessions));
};

it('gives one person who dials fifty times at once, at both brokers, one place', async () => {
  const dial = (_: unknown, n: number) => fleet.signIn('person0', fleet.brokers[n % 2]!.port);
  const ends = await Promise.all(Array.from({ length: 50 }, dial));
  expect(ends.every((one) => one.redirection?.loadBalanceInfo !== undefined)).toBe(true);
  expect(await spread()).toEqual([1]);
});

it('spreads five hundred people evenly, though one of two brokers is killed in the middle', async () => {
  const [first, second] = fleet.brokers;
  const begun = performance.now();
  let done = 0;
  let again = 0;
  // Brokers may have answered everybody before this process gets to read it: these dial the moment before the first one is killed.
  const middle = Promise.withResolvers<void>();
  const dial = async (n: number): Promise<void> => {
    const mine = n % 2 === 0 ? first! : second!;
    if (n % 10 === 0) await middle.promise;
    await fleet.signIn(`person${n}`, mine.port).catch((error: unknown) => {
      if (mine !== first) throw error;
      again += 1;
      return fleet.signIn(`person${n}`, second!.port);
    });
    done += 1;
    if (done !== people / 5) return;
    middle.resolve();
    setImmediate(() => first!.kill());
  };
  await Promise.all(Array.from({ length: people }, (_, n) => dial(n)));
  const seconds = (performance.now() - begun) / 1000;
  console.info(`${people} sign-ins in ${seconds.toFixed(1)} s, ${again} of them a second time`);
  const counts = await spread();
  expect(counts.reduce((sum, one) => sum + one, 0)).toBe(people);
  expect(counts).toHaveLength(targets);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  expect(again).toBeGreaterThan(0);
});
