import { setTimeout as pause } from 'node:timers/promises';
import type { BrokerStand, Door } from './broker-stand.ts';
import { cpuSeconds, memoryOf } from './process-use.ts';
import type { RelayLoad, RelayLoadResult } from './relay-load.ts';
import { end, forked, runLoad } from './run-load.ts';

/** What one kind of load came to at one door: the median round's figures; CPU in seconds per second of each of the door's processes. */
export interface RelayFigures extends RelayLoadResult {
  readonly cpu: readonly number[];
}

export type RelayWork = Pick<RelayLoad, 'work' | 'atOnce'>;

const cpuOf = (door: Door) => door.pids.map(cpuSeconds);

/** Seconds of set-ups at every door before anything is measured: a broker that runs for weeks has its code compiled. */
const warmUpSeconds = 8;

export async function warmUp(stand: BrokerStand): Promise<void> {
  for (const { name, port, tokens } of stand.doors) {
    if (name === 'ours') await stand.freshTokens();
    const load: RelayLoad = { work: 'set-ups', atOnce: 64, seconds: warmUpSeconds, port, tokens };
    await runLoad<RelayLoadResult>('relay-load', load);
  }
}

/** The work at every door in turn, so many rounds; of each door the round with the median rate. */
export async function measureRelay(
  stand: BrokerStand,
  work: RelayWork,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<ReadonlyMap<Door['name'], RelayFigures>> {
  const found = new Map<Door['name'], RelayFigures[]>();
  for (let round = 0; round < rounds; round++)
    for (const door of stand.doors) {
      if (door.name === 'ours') await stand.freshTokens();
      const before = cpuOf(door);
      const begun = performance.now();
      const result = await runLoad<RelayLoadResult>('relay-load', {
        ...work,
        seconds,
        port: door.port,
        tokens: door.tokens,
      });
      // What belongs to connections that ended counts too.
      await pause(100);
      const cpu = cpuOf(door).map((used, n) => used - before[n]!);
      const took = (performance.now() - begun) / 1000;
      const per = work.work === 'set-ups' ? result.perSecond * seconds : took;
      found.set(door.name, [...(found.get(door.name) ?? []), { ...result, cpu: cpu.map((one) => one / per) }]);
    }
  return new Map(
    [...found].map(([name, all]) => [
      name,
      all.toSorted((a, b) => a.perSecond - b.perSecond)[Math.floor(all.length / 2)]!,
    ]),
  );
}

/** Bytes that a door's own process needs more for each of so many connections that say nothing, some seconds after they were made. */
export async function memoryPerSession(stand: BrokerStand, door: Door, sessions: number): Promise<number> {
  const pid = door.pids[0]!;
  const load = (work: RelayWork['work'], atOnce: number): RelayLoad => ({
    work,
    atOnce,
    port: door.port,
    tokens: door.tokens,
    seconds: 1,
  });
  if (door.name === 'ours') await stand.freshTokens();
  // Once before, so that code and first buffers do not count.
  await runLoad('relay-load', load('set-ups', 8));
  await pause(2000);
  const before = memoryOf(pid);
  const { child } = await forked('relay-load', load('idle', sessions));
  // From three seconds on a relay counts as a session, which is written down.
  await pause(8000);
  const grown = memoryOf(pid) - before;
  await end(child);
  return grown / sessions;
}
