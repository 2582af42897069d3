import { expect, it } from 'vitest';
import type { IpmiTransport } from '../bmc/index.ts';
import type { Controller, ControllerPool } from './controller-pool.ts';
import { hardwareEventLog } from './event-log-stream.ts';

type Kept = { readonly id: number; readonly time: number; readonly offset: number };

/** A controller with a log that a test writes; `broken` says that it does not answer, `looks` how often it was asked whether there is something new. */
function sampleController(name: string) {
  let records: readonly Kept[] = [];
  let changes = 0;
  const state = { broken: false, looks: 0 };
  const entry = (number: number) => {
    const at = number === 0 ? 0 : records.findIndex((one) => one.id === number);
    const found = records[at];
    if (!found) return { completionCode: 0xcb, data: new Uint8Array() };
    const data = Buffer.alloc(18);
    data.writeUInt16LE(records[at + 1]?.id ?? 0xffff, 0);
    data.writeUInt16LE(found.id, 2);
    data[4] = 2;
    data.writeUInt32LE(found.time, 5);
    data.set([0x20, 0, 4, 1, 1, 1, 0x50 | found.offset, 0, 0], 9);
    return { completionCode: 0, data };
  };
  const info = () => {
    state.looks++;
    const data = Buffer.alloc(14);
    data.writeUInt16LE(records.length, 1);
    data.writeUInt32LE(changes, 5);
    return { completionCode: 0, data };
  };
  const send: IpmiTransport['send'] = async ({ command, data }) =>
    command === 0x40 ? info() : entry(Buffer.from(data).readUInt16LE(2));
  return {
    state,
    name,
    transport: { send } as IpmiTransport,
    log: (...all: readonly Kept[]) => {
      records = all;
      changes++;
    },
  };
}

function poolOf(...all: readonly ReturnType<typeof sampleController>[]): ControllerPool {
  const controllers = all.map(
    ({ name }): Controller => ({ name, address: '', open: () => Promise.reject(new Error()) }),
  );
  return {
    controllers: () => controllers,
    use: async ({ name }, work) => {
      const one = all.find((each) => each.name === name)!;
      if (one.state.broken) throw new Error('it does not answer');
      return await work(one.transport);
    },
    sensors: async () => ({ sensors: [] }) as unknown as Awaited<ReturnType<ControllerPool['sensors']>>,
    close: async () => {},
  };
}

/** Gathers until the test says that it is enough; gives the numbers of the records and the last place. */
function follow(pool: ControllerPool, from: Parameters<ReturnType<typeof hardwareEventLog>['follow']>[0]) {
  const end = new AbortController();
  const found: string[] = [];
  let place = '';
  const done = (async () => {
    for await (const one of hardwareEventLog(pool, 5).follow(from, end.signal)) {
      found.push(`${one.entry.computer} ${one.entry.record}`);
      place = one.place;
    }
  })();
  const stop = async () => {
    end.abort();
    await done;
    return place;
  };
  return { found, stop };
}
const at = (id: number, time = 1_700_000_000 + id): Kept => ({ id, time, offset: 9 });

it('gives what controllers have and get, and goes on behind a place', async () => {
  const [one, two] = [sampleController('a'), sampleController('b')];
  one.log(at(1), at(2));
  two.log(at(7));
  const first = follow(poolOf(one, two), 'oldest');
  await expect.poll(() => first.found.toSorted()).toEqual(['a 1', 'a 2', 'b 7']);
  one.log(at(1), at(2), at(3));
  await expect.poll(() => first.found.length).toBe(4);
  const behind = await first.stop();
  one.log(at(1), at(2), at(3), at(4));
  const again = follow(poolOf(one, two), { behind });
  await expect.poll(() => again.found).toEqual(['a 4']);
  await again.stop();
});

it('sees that a log was cleared, also where other records have the same numbers now', async () => {
  const one = sampleController('a');
  one.log(at(1), at(2), at(3));
  const first = follow(poolOf(one), 'oldest');
  await expect.poll(() => first.found.length).toBe(3);
  one.log(at(1, 1_800_000_000), at(2, 1_800_000_001), at(3, 1_800_000_002));
  await expect.poll(() => first.found.slice(3)).toEqual(['a 1', 'a 2', 'a 3']);
  const behind = await first.stop();
  one.log(at(1, 1_900_000_000));
  const again = follow(poolOf(one), { behind });
  await expect.poll(() => again.found).toEqual(['a 1']);
  await again.stop();
});

it('begins with what comes when only that is wanted, and reads on when it does not understand a place', async () => {
  const one = sampleController('a');
  one.log(...Array.from({ length: 70 }, (_, n) => at(n + 1)));
  const now = follow(poolOf(one), 'now');
  // Four looks pass by what is there; then it waits.
  await expect.poll(() => one.state.looks).toBeGreaterThan(6);
  one.log(...Array.from({ length: 71 }, (_, n) => at(n + 1)));
  await expect.poll(() => now.found).toEqual(['a 71']);
  await now.stop();
  const odd = follow(poolOf(one), { behind: 'what' });
  await expect.poll(() => odd.found.length).toBe(71);
  await odd.stop();
});

it('gives the others’ records while one does not answer, and its own when it does', async () => {
  const [one, two] = [sampleController('a'), sampleController('b')];
  one.log(at(1));
  two.log(at(2));
  one.state.broken = true;
  const all = follow(poolOf(one, two), 'oldest');
  await expect.poll(() => all.found).toEqual(['b 2']);
  one.state.broken = false;
  await expect.poll(() => all.found).toEqual(['b 2', 'a 1']);
  await all.stop();
});
