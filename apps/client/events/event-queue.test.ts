import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { queuedEventSchema } from '@atelier/domain/events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openClientDatabase } from '../state/client-database.ts';
import { openEventQueue } from './event-queue.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-queue-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const open = () => openClientDatabase(join(folder, 'q.sqlite'));

it('keeps events until they are acknowledged, and never uses a sequence twice', () => {
  let database = open();
  let queue = openEventQueue(database);
  queue.add('vm.started', { workspace: 'lab', userName: 'anna', data: { version: 1 } });
  queue.add('vm.crashed', { detail: 'x'.repeat(9000) });
  const batch = queue.batch(10);
  expect(batch.map((one) => one.sequence)).toEqual([1, 2]);
  for (const one of batch) expect(queuedEventSchema.safeParse(one).success).toBe(true);
  expect(batch[0]).toMatchObject({ code: 1502, severity: 'info', userName: 'anna', data: { version: 1 } });
  queue.acknowledge(1);
  database.close();

  database = open();
  queue = openEventQueue(database);
  expect(queue.batch(10).map((one) => one.sequence)).toEqual([2]);
  queue.acknowledge(2);
  database.close();

  database = open();
  queue = openEventQueue(database);
  expect(queue.count).toBe(0);
  queue.add('client.started');
  expect(queue.batch(10).map((one) => one.sequence)).toEqual([3]);
  database.close();
});

it('drops information first when it is full, and says how much', () => {
  const database = open();
  const queue = openEventQueue(database, 100);
  for (let index = 0; index < 50; index++) queue.add('vm.crashed', { detail: String(index) });
  for (let index = 0; index < 200; index++) queue.add('vm.started');
  expect(queue.count).toBeLessThanOrEqual(100);
  const events = queue.batch(500);
  expect(events.filter((one) => one.code === 1512)).toHaveLength(50);
  const told = events.find((one) => one.code === 1008)!;
  expect(told.data.dropped).toBe(250 - (events.length - 1));
  queue.acknowledge(events.at(-1)!.sequence);
  expect(queue.batch(10)).toEqual([]);
  database.close();
});

it('goes back with the transaction that it is part of', () => {
  const database = open();
  const queue = openEventQueue(database);
  expect(() =>
    database.transaction(() => {
      queue.add('vm.started');
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(queue.count).toBe(0);
  const urgent: boolean[] = [];
  queue.onAdded((one) => urgent.push(one));
  queue.add('vm.started');
  queue.add('vm.crashed');
  expect(urgent).toEqual([false, true]);
  database.close();
});
