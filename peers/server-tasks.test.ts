import { AtelierError } from '@atelier/domain/errors';
import type { Capability, Services } from '@atelier/server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from './server/caller.ts';
import { type TestServer, testServer } from './server/test-server.ts';

let test: TestServer;
let services: Services;
let releaseAll: () => void = () => {};
const seen: { attempt: number; aborted: boolean }[] = [];
let together = 0;
let most = 0;

const kinds: Capability = async (_routes, given) => {
  services = given;
  const held = new Promise<void>((resolve) => {
    releaseAll = resolve;
  });
  given.tasks.register('test.count', async (input: { to: number }, control) => {
    together += 1;
    most = Math.max(most, together);
    for (let step = 1; step <= input.to; step++) {
      control.log(`step ${step}`);
      control.progress(step / input.to, `step ${step} of ${input.to}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    together -= 1;
    return { counted: input.to };
  });
  given.tasks.register('test.fail', async () => {
    throw new AtelierError('image.bad-disk', 'the disk is no disk');
  });
  given.tasks.register('test.hold', async (_input, control) => {
    const entry = { attempt: control.attempt, aborted: false };
    seen.push(entry);
    await Promise.race([held, new Promise((resolve) => control.signal.addEventListener('abort', resolve))]);
    entry.aborted = control.signal.aborted;
    control.signal.throwIfAborted();
    return 'held';
  });
  return {};
};

beforeAll(async () => {
  test = await testServer({ kinds });
});
afterAll(() => test.stop());

const origin = { actor: { kind: 'system' }, correlationId: 'test-correlation' } as const;
const enqueue = (kind: string, input: unknown = {}) =>
  services.tasks.enqueue(services.db, origin, {
    kind,
    title: `a ${kind}`,
    input,
    object: { kind: 'image', id: 'x', name: 'lab' },
  });
const ended = (id: string, state: string) =>
  until(async () => {
    const { body } = await test.owner.get(`/api/v1/tasks/${id}`);
    return body.state === state && body;
  });

it('a task runs to its result, with progress and a log that can be read in pages', async () => {
  const id = await enqueue('test.count', { to: 5 });
  const done = await ended(id, 'done');
  expect(done).toMatchObject({ result: { counted: 5 }, progress: 1, message: 'step 5 of 5', error: null });
  expect(done.object).toEqual({ kind: 'image', id: 'x', name: 'lab' });
  const first = await test.owner.get(`/api/v1/tasks/${id}/log?limit=3`);
  const rest = await test.owner.get(`/api/v1/tasks/${id}/log?limit=3&cursor=${first.body.next}`);
  const lines = [...first.body.items, ...rest.body.items].map((one: { line: string }) => one.line);
  expect(lines).toEqual(['step 1', 'step 2', 'step 3', 'step 4', 'step 5']);
});

it('a task that fails says why, and is an event with its correlation id', async () => {
  const id = await enqueue('test.fail');
  const failed = await ended(id, 'failed');
  expect(failed.error).toEqual({ code: 'image.bad-disk', detail: 'the disk is no disk' });
  const event = await until(async () => {
    const { body } = await test.owner.get('/api/v1/events?correlationId=test-correlation');
    return body.items[0];
  });
  expect(event).toMatchObject({ code: 3003, severity: 'error', data: { taskId: id } });
});

it('a task of a transaction that is rolled back never runs', async () => {
  let id = '';
  const failing = services.database.withTransaction(async (trx) => {
    id = await services.tasks.enqueue(trx, origin, { kind: 'test.fail', title: 'never', input: {} });
    throw new Error('rolled back');
  });
  await expect(failing).rejects.toThrow('rolled back');
  expect((await test.owner.get(`/api/v1/tasks/${id}`)).body.code).toBe('task.not-found');
});

it('no more run at once than the configuration says', async () => {
  most = 0;
  const ids = await Promise.all([1, 2, 3, 4, 5].map(() => enqueue('test.count', { to: 3 })));
  for (const id of ids) await ended(id, 'done');
  expect(most).toBe(2);
});

it('people see their own tasks only, and may cancel them', async () => {
  const { id: userId, name, caller } = await test.person('works');
  const authority = { bindings: [], limitedTo: null };
  const actor = { kind: 'user', id: userId, name, by: 'session', credentialId: '', authority } as const;
  const own = await services.tasks.enqueue(
    services.db,
    { actor, correlationId: 'own' },
    { kind: 'test.hold', title: 'own', input: {} },
  );
  const other = await enqueue('test.count', { to: 1 });
  expect((await caller.get('/api/v1/tasks')).body.items.map((one: { id: string }) => one.id)).toEqual([own]);
  expect((await caller.get(`/api/v1/tasks/${other}`)).body.code).toBe('task.not-found');
  await ended(own, 'running');
  const asked = await caller.post(`/api/v1/tasks/${own}/cancel`);
  expect(asked.status).toBe(202);
  await ended(own, 'cancelled');
  expect(seen.at(-1)?.aborted).toBe(true);
  const audit = await test.owner.get(`/api/v1/audit?objectId=${own}`);
  expect(audit.body.items[0]).toMatchObject({ verb: 'task.cancel', actor: { name } });
});

it('a task whose server died is begun again, and one that died too often is given up', async () => {
  releaseAll();
  const dead = async (attempts: number) => {
    const { db } = services;
    const id = await services.database.withTransaction(async (trx) => {
      const made = await services.tasks.enqueue(trx, origin, { kind: 'test.hold', title: 'orphan', input: {} });
      await trx
        .updateTable('task')
        .set({ state: 'running', lease_owner: 'dead', lease_until: new Date(Date.now() - 1000), attempts })
        .where('id', '=', made)
        .execute();
      return made;
    });
    return { id, db };
  };
  const orphan = await dead(1);
  await ended(orphan.id, 'done');
  expect(seen.at(-1)?.attempt).toBe(2);
  const hopeless = await dead(3);
  const failed = await ended(hopeless.id, 'failed');
  expect(failed.error.code).toBe('task.abandoned');
});
