import type { WorkingPlugIn } from '@atelier/adapters/broker-plug-ins';
import type { PlannedTask, PlugInTasks } from '@atelier/adapters/session-directory';
import type { TaskInfo, TaskPluginNotifySink } from '@atelier/plugin-kit/broker';
import { expect, it } from 'vitest';
import { taskDesk } from './task-desk.ts';

interface Row {
  state: string;
  fence: number;
  detail: string;
  cancelRequested: boolean;
}

/** The tasks of one plug-in, which brokers share, as in the database. */
function directory() {
  const rows = new Map<string, Row>();
  let holder: AbortController | null = null;
  let fence = 0;
  const now = new Date();
  const info = (id: string): PlannedTask => ({
    id,
    hostName: 'blade',
    targetName: `target-${id}`,
    identifier: id,
    label: '',
    startTime: now,
    endTime: now,
    deadline: now,
    context: '',
    plugin: 'keeper',
    status: 'unknown',
    cancelRequested: rows.get(id)!.cancelRequested,
  });
  const of = (state: string) => [...rows].filter(([, row]) => row.state === state).map(([id]) => info(id));
  const records: PlugInTasks = {
    plan: async () => true,
    drop: async () => {},
    interrupt: async (mine, own, why) => {
      for (const [id, row] of rows)
        if (row.state === 'running' && (row.fence < mine || own.includes(id)))
          Object.assign(row, { state: 'interrupted', detail: why });
    },
    expire: async () => {},
    due: async () => of('planned'),
    running: async (mine) => of('running').filter(({ id }) => rows.get(id)!.fence === mine),
    begin: async (id, mine) => {
      const row = rows.get(id)!;
      if (row.state !== 'planned') return false;
      Object.assign(row, { state: 'running', fence: mine });
      return true;
    },
    update: async (id, mine, state, _status, detail) => {
      const row = rows.get(id)!;
      if (row.state === 'running' && row.fence === mine) Object.assign(row, { state, detail });
    },
  };
  return {
    rows,
    plan: (id: string) => void rows.set(id, { state: 'planned', fence: 0, detail: '', cancelRequested: false }),
    /** The holder cannot reach the directory any more, and the lease goes to whoever asks next. */
    partition: () => {
      holder?.abort(new Error('lost'));
      holder = null;
    },
    /** The holder is gone without a word. */
    die: () => {
      holder = null;
    },
    tasksOf: () => records,
    lease: async (name: string) => {
      if (holder) return null;
      const mine = new AbortController();
      holder = mine;
      fence += 1;
      return {
        name,
        fence,
        signal: mine.signal,
        release: async () => {
          if (holder === mine) holder = null;
        },
      };
    },
  };
}

function broker(shared: ReturnType<typeof directory>) {
  const queues: string[][] = [];
  let sink: TaskPluginNotifySink | null = null;
  let resets = 0;
  const plugIn: WorkingPlugIn<'task'> = {
    name: 'keeper',
    provider: 'keeper',
    collections: null,
    methods: {
      initializeTaskPlugin: (given) => {
        sink = given;
      },
      setTaskQueue: (_, tasks: readonly TaskInfo[]) => void queues.push(tasks.map((one) => one.identifier)),
    },
    run: '1.0',
    isOver: () => false,
    hold: () => () => {},
    checkAlive: () => {},
    reset: () => {
      resets += 1;
    },
  };
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const desk = taskDesk({
    chain: { working: () => [plugIn] as never },
    tasksOf: shared.tasksOf,
    lease: shared.lease,
    log,
  });
  return { desk, queues, sink: () => sink!, resets: () => resets };
}

const soon = <Value>(look: () => Value) => expect.poll(look, { timeout: 5000, interval: 10 });

it('one broker does the tasks; when it dies the next one shows what it was at as interrupted, and does the others', async () => {
  const shared = directory();
  shared.plan('a');
  const first = broker(shared);
  await soon(() => first.queues).toEqual([['a']]);
  const second = broker(shared);
  shared.plan('b');
  second.desk.look();
  first.desk.look();
  await soon(() => first.queues).toEqual([['a'], ['a', 'b']]);
  first.sink().onUpdateTaskStatus('target-b', 'b', 'success', 'all well');
  await soon(() => shared.rows.get('b')).toMatchObject({ state: 'done', detail: 'all well' });
  expect(second.queues).toEqual([]);
  shared.die();
  shared.plan('c');
  second.desk.look();
  await soon(() => second.queues).toEqual([['c']]);
  expect(shared.rows.get('a')).toMatchObject({ state: 'interrupted', detail: 'the broker that did it ended' });
  // Whoever was thought dead writes no more.
  first.sink().onUpdateTaskStatus('target-a', 'a', 'success');
  await second.desk.stop();
  expect(shared.rows.get('a')).toMatchObject({ state: 'interrupted' });
  expect(shared.rows.get('c')).toMatchObject({ state: 'interrupted', detail: 'the broker that did it was stopped' });
  await first.desk.stop();
});

it('what is cancelled leaves the queue; a broker that loses its lease ends what it is at', async () => {
  const shared = directory();
  shared.plan('a');
  shared.plan('b');
  const { desk, queues, resets } = broker(shared);
  await soon(() => queues).toEqual([['a', 'b']]);
  shared.rows.get('a')!.cancelRequested = true;
  desk.look();
  await soon(() => queues).toEqual([['a', 'b'], ['b']]);
  await soon(() => shared.rows.get('a')!.state).toBe('cancelled');
  shared.partition();
  desk.look();
  await soon(() => [resets(), shared.rows.get('b')!.state]).toEqual([1, 'interrupted']);
  await desk.stop();
});
