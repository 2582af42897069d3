import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putWorking } from './broker/working-plug-ins.ts';
import { type BrokerFleet, brokerFleet } from './rdp-lab/broker-fleet.ts';
import { type TestServer, testServer } from './server/test-server.ts';

// Two broker processes with plug-ins that make machines and do tasks; an administrator starts, cancels and restarts them by the API.

let test: TestServer;
let fleet: BrokerFleet;

const api = async (method: 'GET' | 'POST', path: string, body?: object) => {
  const said =
    method === 'GET' ? await test.owner.get(`/api/v1${path}`) : await test.owner.post(`/api/v1${path}`, body ?? {});
  return said;
};
const soon = <Value>(look: () => Promise<Value>, timeout = 10_000) => expect.poll(look, { timeout, interval: 50 });
const task = async (id: string) => (await api('GET', `/tasks/${id}`)).body;
async function start(collection: string, body: object): Promise<string> {
  const said = await api('POST', `/collections/${collection}/machine-jobs`, body);
  expect(said.status, said.text).toBe(202);
  return said.body.taskId;
}
/** The task when it has ended. */
async function ended(id: string, timeout = 10_000) {
  await soon(async () => (await task(id)).finishedAt, timeout).not.toBeNull();
  return await task(id);
}
const machines = async (collection: string) =>
  (await api('GET', `/targets?collection=${collection}&limit=200`)).body.items;
const namesOf = async (collection: string) =>
  (await machines(collection)).map((one: { name: string }) => one.name).toSorted();
const logOf = async (id: string) =>
  (await api('GET', `/tasks/${id}/log?limit=200`)).body.items.map((one: { line: string }) => one.line).join('\n');

beforeAll(async () => {
  test = await testServer();
  const folder = join(test.stateDir, 'broker-plug-ins');
  await mkdir(folder, { mode: 0o755 });
  await putWorking(folder, 'maker', { collections: ['Thread'], memoryLimit: 48 });
  await putWorking(folder, 'maker', { name: 'child-maker', child: true, collections: ['Child'] });
  await putWorking(folder, 'keeper');
  await putWorking(folder, 'keeper', { name: 'child-keeper', child: true });
  fleet = await brokerFleet({ brokers: 2, people: 3, targets: 3, over: { ...test, plugIns: folder } });
  for (const name of ['Thread', 'Child', 'Nobody'])
    expect((await api('POST', '/collections', { name, kind: 'personal-vms' })).status).toBe(201);
}, 60_000);
afterAll(async () => {
  await fleet?.stop();
  await test?.stop();
});

it('both brokers tell what their plug-ins take part in', async () => {
  await soon(async () => {
    const { items } = (await api('GET', '/broker/plug-ins')).body;
    return items
      .filter((one: { enabled: boolean }) => one.enabled)
      .flatMap((one: { health: { offers: string[] }[] }) => one.health.map(({ offers }) => offers.join()))
      .toSorted();
  }).toEqual([...Array(4).fill('provisioning'), ...Array(4).fill('task')]);
});

describe.each([
  ['a thread', 'Thread'],
  ['a process', 'Child'],
])('a plug-in in %s', (_, collection) => {
  it('makes, patches and deletes the machines of a collection, with progress', async () => {
    const made = await ended(
      await start(collection, {
        what: 'create',
        count: 3,
        image: { name: 'desk', version: 7 },
        settings: { pause: 60 },
      }),
    );
    expect(made).toMatchObject({
      state: 'done',
      progress: 1,
      message: '3 of 3 machines',
      object: { name: collection },
    });
    const names = [1, 2, 3].map((n) => `${collection.toLowerCase()}-${n}`);
    expect(made.result.machines).toEqual(
      names.map((vmName) => ({ vmName, vmHost: 'blade-1', status: 'complete', error: '' })),
    );
    expect(await namesOf(collection)).toEqual(names);
    const patched = await ended(await start(collection, { what: 'patch', names, image: { name: 'desk', version: 8 } }));
    expect(patched.state, JSON.stringify(patched.error)).toBe('done');
    expect((await machines(collection))[0]).toMatchObject({ state: 'stopped', properties: { image: 'desk:8' } });
    // One is gone already: starting the same again has only the others to do.
    const first = await ended(await start(collection, { what: 'delete', names: [names[0]] }));
    expect(first.state).toBe('done');
    const rest = await ended(await start(collection, { what: 'delete', names }));
    expect(rest).toMatchObject({ state: 'done', message: '2 of 2 machines' });
    expect(await logOf(rest.id)).toMatch(/-1: no machine of it/);
    expect(await namesOf(collection)).toEqual([]);
  });

  it('is cancelled, and goes on with what is left when it is started again', async () => {
    const id = await start(collection, { what: 'create', names: ['a', 'b', 'c'], settings: { pause: 500 } });
    await soon(() => namesOf(collection)).toEqual(['a']);
    expect((await test.owner.post(`/api/v1/tasks/${id}/cancel`)).status).toBe(202);
    expect((await ended(id)).state).toBe('cancelled');
    expect((await namesOf(collection)).length).toBeLessThan(3);
    const again = await api('POST', `/collections/${collection}/machine-jobs/${id}/again`);
    expect((await ended(again.body.taskId)).state).toBe('done');
    expect(await namesOf(collection)).toEqual(['a', 'b', 'c']);
    const { items } = (await api('GET', `/collections/${collection}/machine-jobs`)).body;
    expect(items.slice(0, 2).map((one: { state: string }) => one.state)).toEqual(['done', 'cancelled']);
  });

  it('leaves machines alone that somebody is on, and says so', async () => {
    const target = (await machines(collection)).find((one: { name: string }) => one.name === 'a');
    const { db } = test.database;
    await db.updateTable('broker_target').set({ num_sessions: 1 }).where('id', '=', target.id).execute();
    const failed = await ended(await start(collection, { what: 'delete', names: ['a', 'b'] }));
    expect(failed).toMatchObject({
      state: 'failed',
      error: { code: 'broker.plug-in-failed', detail: '1 of 2 machines failed: a' },
    });
    expect(await logOf(failed.id)).toMatch(/a on blade-1: failed: somebody is on a/);
    await db.updateTable('broker_target').set({ num_sessions: 0 }).where('id', '=', target.id).execute();
    expect((await ended(await start(collection, { what: 'delete', names: ['a', 'b', 'c'] }))).state).toBe('done');
  });

  it.each([
    ['throw', /the store is full/],
    ['lie', /1 of 1 machines failed/],
    ['loop', /does not answer|is restarting|ended/],
    ['exit', /ended/],
  ])('that goes wrong (%s) fails with why', async (how, why) => {
    const failed = await ended(await start(collection, { what: 'create', names: ['x'], settings: { how } }), 15_000);
    expect(failed).toMatchObject({
      state: 'failed',
      error: { code: 'broker.plug-in-failed', detail: expect.stringMatching(why) },
    });
    expect(await namesOf(collection)).toEqual([]);
  });
});

describe.each(['keeper', 'child-keeper'])('tasks of %s', (plugin) => {
  const list = async () => (await api('GET', `/broker/tasks?plugin=${plugin}`)).body.items;
  const of = async (id: string) => (await api('GET', `/broker/tasks/${id}`)).body;
  const plan = async (body: object) => {
    const said = await api('POST', `/broker/plug-ins/${plugin}/tasks`, { target: 'host2', ...body });
    expect(said.status, said.text).toBe(201);
    return said.body.id;
  };

  it('are planned by itself, done when they are due, once for both brokers, and kept with what became of them', async () => {
    // It plans as it begins, and began before there were targets.
    await api('POST', `/broker/plug-ins/${plugin}/reset`);
    await soon(async () =>
      (await list()).map((one: { label: string; state: string }) => `${one.label} ${one.state}`),
    ).toEqual(['Later planned', 'Monthly patches done']);
    const [later, monthly] = await list();
    expect(later).toMatchObject({ target: { name: 'host1', collection: 'Morning' }, plannedBy: '', begunAt: null });
    expect(monthly).toMatchObject({ status: 'success', detail: expect.stringMatching(/^three patches; \d+$/) });
    expect(monthly.finishedAt).not.toBeNull();
    const { db } = test.database;
    const leases = db.selectFrom('broker_lease').select('name').where('name', '=', `plug-in-tasks/${plugin}`);
    expect((await leases.execute()).length).toBe(1);
  });

  it('are planned, started and cancelled by an administrator; what fails says why', async () => {
    const [soonDone, fails, throws, stays, later] = [
      await plan({ label: 'Firmware', context: 'wait 1500' }),
      await plan({ context: 'fail' }),
      await plan({ target: 'host1', context: 'throw' }),
      await plan({ target: 'host0', context: 'stay' }),
      await plan({ startTime: new Date(Date.now() + 3_600_000).toISOString() }),
    ];
    await soon(() => of(soonDone)).toMatchObject({ state: 'running', plannedBy: 'owner', label: 'Firmware' });
    await soon(() => of(soonDone)).toMatchObject({ state: 'done', detail: expect.stringMatching(/^three/) });
    await soon(() => of(fails)).toMatchObject({ state: 'failed', detail: 'no space on host2' });
    await soon(() => of(throws)).toMatchObject({ state: 'failed', detail: 'not today' });
    await soon(() => of(stays)).toMatchObject({ state: 'running', status: 'applying', detail: 'two of three patches' });
    expect((await api('POST', `/broker/tasks/${stays}/cancel`)).status).toBe(200);
    await soon(() => of(stays)).toMatchObject({ state: 'cancelled', cancelling: false });
    expect((await api('POST', `/broker/tasks/${later}/cancel`)).body.state).toBe('cancelled');
    expect((await api('POST', `/broker/tasks/${later}/start`)).status).toBe(200);
    await soon(() => of(later)).toMatchObject({ state: 'done' });
    const none = await api('POST', '/broker/plug-ins/maker/tasks', { target: 'host2' });
    expect([none.status, none.body.code]).toEqual([409, 'broker.no-tasks']);
  });

  it('fail when it is in a loop, which ends only its own work', async () => {
    const id = await plan({ context: 'loop' });
    await soon(() => of(id)).toMatchObject({ state: expect.stringMatching(/failed|interrupted/) });
    await soon(async () => (await list()).filter((one: { state: string }) => one.state === 'running')).toEqual([]);
    const next = await plan({ context: '' });
    await soon(() => of(next), 15_000).toMatchObject({ state: 'done' });
  });
});

it('nobody makes machines for a collection without a plug-in: the request is refused with what to do', async () => {
  const said = await api('POST', '/collections/Nobody/machine-jobs', { what: 'create', count: 1 });
  expect([said.status, said.body.code]).toEqual([409, 'broker.no-maker']);
  expect((await api('POST', '/collections/Thread/machine-jobs', { what: 'delete', count: 1 })).status).toBe(400);
});

it('when a broker is killed its work is shown as interrupted, machines are free, and the other broker starts it again', async () => {
  const { db } = test.database;
  const detail = (await api('GET', '/broker/tasks?plugin=keeper&state=done&limit=1')).body.items[0].detail;
  const holder = Number(/(\d+)$/.exec(detail)![1]);
  const victim = fleet.brokers.find((one) => one.pid === holder)!;
  const other = fleet.brokers.find((one) => one.pid !== holder)!;
  // Only the one that will die can take the job.
  process.kill(other.pid, 'SIGSTOP');
  await ended(await start('Thread', { what: 'create', names: ['m1', 'm2'] }));
  const job = await start('Thread', {
    what: 'patch',
    names: ['m1', 'm2'],
    image: { name: 'x', version: 1 },
    settings: { pause: 60_000 },
  });
  await soon(async () => (await machines('Thread'))[0].state).toBe('initializing');
  process.kill(other.pid, 'SIGCONT');
  const planned = await api('POST', '/broker/plug-ins/keeper/tasks', { target: 'host2', context: 'wait 60000' });
  const { id } = planned.body;
  const state = async () => (await api('GET', `/broker/tasks/${id}`)).body;
  await soon(state).toMatchObject({ state: 'running' });
  victim.kill();
  await soon(state, 20_000).toMatchObject({
    state: 'interrupted',
    detail: expect.stringMatching(/broker that did it ended/),
  });
  const interrupted = await ended(job, 20_000);
  expect(interrupted).toMatchObject({ state: 'failed', error: { code: 'task.abandoned' } });
  await soon(async () => (await machines('Thread')).map((one: { state: string }) => one.state), 15_000).toEqual([
    'stopped',
    'stopped',
  ]);
  await db
    .updateTable('task')
    .set({ input: sql`jsonb_set(input, '{value,settings,pause}', '0')` })
    .where('id', '=', job)
    .execute();
  const again = await api('POST', `/collections/Thread/machine-jobs/${job}/again`);
  expect((await ended(again.body.taskId, 15_000)).state).toBe('done');
  await db.updateTable('broker_task').set({ context: '' }).where('id', '=', id).execute();
  expect((await api('POST', `/broker/tasks/${id}/start`)).status).toBe(200);
  await soon(state, 20_000).toMatchObject({ state: 'done', detail: `three patches; ${other.pid}` });
}, 90_000);
