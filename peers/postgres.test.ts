import {
  appendAudit,
  cancelTask,
  claimTask,
  enqueueTask,
  finishTask,
  heartbeatTask,
  insertEvents,
  logTask,
  newId,
  verifyAuditChain,
} from '@atelier/adapters/postgres';
import { testDatabase } from '@atelier/adapters/postgres/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const many = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('audit log', () => {
  const entry = (name: string) => ({
    actor: { kind: 'user', id: 'u1', name: 'Ada' },
    verb: 'image.promote',
    object: { kind: 'image', id: 'i1', name },
    difference: {
      before: { channel: 1.5, z: null, a: 'é\u0000' },
      after: { list: [1, { b: 2, a: '\ud800' }], big: 1e21, tiny: 5e-324 },
    },
  });

  test('eight writers at once make one chain, without gaps, and leave nothing of what was rolled back', async () => {
    await Promise.all(
      many(8).map(async (writer) => {
        for (const round of many(25)) {
          const append = database.withTransaction(async (trx) => {
            await appendAudit(trx, entry(`${writer}-${round}`));
            if (round % 5 === 4) throw new Error('changed my mind');
          });
          await append.catch((error: Error) => expect(error.message).toBe('changed my mind'));
        }
      }),
    );
    expect(await verifyAuditChain(database.db)).toMatchObject({ state: 'intact', entries: 160 });
  });

  test('entries cannot be changed, deleted or truncated', async () => {
    const refused = expect.objectContaining({ code: '42501' });
    await expect(sql`update audit_entry set verb = 'x' where seq = 1`.execute(database.db)).rejects.toEqual(refused);
    await expect(sql`delete from audit_entry`.execute(database.db)).rejects.toEqual(refused);
    await expect(sql`truncate audit_entry`.execute(database.db)).rejects.toEqual(refused);
    await expect(sql`delete from audit_head`.execute(database.db)).rejects.toEqual(refused);
  });

  test.each([
    ['a changed field', sql`update audit_entry set difference = '{"before": 1}' where seq = 77`, 77],
    ['a changed time', sql`update audit_entry set at = at + interval '1 ms' where seq = 5`, 5],
    ['a removed entry', sql`delete from audit_entry where seq = 100`, 100],
    ['a removed end', sql`delete from audit_entry where seq > 150`, 151],
    [
      'a forged last entry',
      sql`with forged as (
            insert into audit_entry
            select seq + 1, ${newId()}, at, actor_kind, actor_id, actor_name, verb, object_kind, object_id, object_name,
                   difference, correlation_id, hash, sha256('guess')
              from audit_entry where seq = 160
            returning seq, hash)
          update audit_head set seq = forged.seq, hash = forged.hash from forged`,
      161,
    ],
  ])('%s is found', async (_name, tamper, seq) => {
    const copy = await testDatabase();
    for (const round of many(160)) await copy.withTransaction((trx) => appendAudit(trx, entry(String(round))));
    // What somebody with the database's own password could do.
    await sql`alter table audit_entry disable trigger all`.execute(copy.db);
    await tamper.execute(copy.db);
    const verdict = await verifyAuditChain(copy.db);
    expect(verdict).toMatchObject({ state: 'broken', seq });
    await copy.close();
  });
});

describe('events', () => {
  const event = (seq: number, id = 'e1') => ({
    source: { kind: 'endpoint' as const, id, seq },
    code: 1502,
    name: 'vm.started',
    severity: 'info' as const,
    category: 'vm',
    description: 'started \u0000 \ud800',
    clientTime: new Date('2026-11-21T03:04:05.678Z'),
    hostName: 'host',
    data: { deep: [{ odd: '\u0000' }] },
  });

  test('batches that are sent again, overlap and arrive at once are stored exactly once', async () => {
    const batches = many(40).map((index) => many(50).map((place) => event(((index * 25 + place) % 500) + 1)));
    const counts = await Promise.all(batches.map((batch) => insertEvents(database.db, batch.toReversed())));
    const stored = await database.db.selectFrom('event').select('source_seq').orderBy('source_seq').execute();
    expect(stored.map((row) => row.source_seq)).toEqual(many(500).map((place) => place + 1));
    expect(counts.reduce((sum, count) => sum + count)).toBe(500);
  });

  test('what the source said is what is read, in the table and in the reports', async () => {
    const odd = {
      ...event(1, 'e2'),
      severity: 'error' as const,
      clientTime: new Date(Number.NaN),
      workspaceName: 'debian-lab',
    };
    expect(await insertEvents(database.db, [odd])).toBe(1);
    const row = await database.db
      .selectFrom('event')
      .selectAll()
      .where('source_id', '=', 'e2')
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      code: 1502,
      description: 'started \ufffd \ufffd',
      client_time: new Date(0),
      user_name: 'SYSTEM',
      workspace_name: 'debian-lab',
      data: { deep: [{ odd: '\ufffd' }] },
    });
    // A name longer than what an index takes holds nobody's events up.
    const long = Array.from({ length: 1024 }, (_, n) => String.fromCodePoint(0x4e00 + ((n * 7919) % 20_000))).join('');
    expect(await insertEvents(database.db, [{ ...event(2, 'e2'), userName: long, hostName: long }])).toBe(1);
    const errors = await database.db.selectFrom('v_errors').selectAll().execute();
    expect(errors).toMatchObject([{ event_id: 1502, host_name: 'host', workspace_name: 'debian-lab' }]);
  });
});

describe('task queue', () => {
  const claim = (owner: string, leaseMs = 60_000, kinds = ['count']) =>
    claimTask(database.db, { kinds, owner, leaseMs });

  test('a hundred tasks and eight hungry workers: each task is done once', async () => {
    const ids = await Promise.all(
      many(100).map((n) => enqueueTask(database.db, { kind: 'count', title: `count ${n}`, input: { n } })),
    );
    const done: string[] = [];
    await Promise.all(
      many(8).map(async (worker) => {
        for (let one = await claim(`w${worker}`); one; one = await claim(`w${worker}`)) {
          expect(await heartbeatTask(database.db, one.lease, { leaseMs: 60_000, progress: 0.5 })).toBe('held');
          expect(await finishTask(database.db, one.lease, { state: 'done', result: one.task.input })).toBe(true);
          done.push(one.task.id);
        }
      }),
    );
    expect(done.sort()).toEqual(ids.sort());
    const rows = await database.db.selectFrom('task').select(['state', 'progress', 'attempts']).execute();
    expect(rows).toHaveLength(100);
    expect(rows).toEqual(rows.map(() => ({ state: 'done', progress: 1, attempts: 1 })));
  });

  test('a task whose worker is gone goes to another, and the first can no longer write', async () => {
    const id = await enqueueTask(database.db, { kind: 'slow', title: 'slow', maxAttempts: 2 });
    const first = (await claim('first', 0, ['slow']))!;
    const second = (await vi.waitFor(async () => {
      const found = await claim('second', 0, ['slow']);
      expect(found).toBeDefined();
      return found;
    }))!;
    expect([first.task.id, second.task.id, second.lease.attempt]).toEqual([id, id, 2]);
    await logTask(database.db, first.lease, ['from the dead']);
    await logTask(database.db, second.lease, ['one', 'two']);
    await logTask(database.db, second.lease, ['three']);
    expect(await heartbeatTask(database.db, first.lease, { leaseMs: 1000 })).toBe('lost');
    expect(await finishTask(database.db, first.lease, { state: 'done' })).toBe(false);
    const log = await database.db
      .selectFrom('task_log')
      .select(['seq', 'line'])
      .where('task_id', '=', id)
      .orderBy('seq')
      .execute();
    expect(log).toEqual([
      { seq: 1, line: 'one' },
      { seq: 2, line: 'two' },
      { seq: 3, line: 'three' },
    ]);
    // Nobody may begin it a third time.
    const task = database.db.selectFrom('task').select(['state', 'error']).where('id', '=', id);
    await vi.waitFor(async () => {
      expect(await claim('third', 1000, ['slow'])).toBeUndefined();
      expect(await task.executeTakeFirst()).toMatchObject({ state: 'failed', error: { code: 'task.abandoned' } });
    });
  });

  test('cancelling', async () => {
    const [queued, running, orphan] = [
      await enqueueTask(database.db, { kind: 'c1', title: 'queued' }),
      await enqueueTask(database.db, { kind: 'c2', title: 'running' }),
      await enqueueTask(database.db, { kind: 'c3', title: 'orphan' }),
    ];
    expect(await cancelTask(database.db, queued)).toBe('cancelled');
    expect(await cancelTask(database.db, queued)).toBe('finished');
    expect(await cancelTask(database.db, newId())).toBe('not-found');
    const { lease } = (await claim('w', 60_000, ['c2']))!;
    expect(await cancelTask(database.db, running)).toBe('requested');
    expect(await heartbeatTask(database.db, lease, { leaseMs: 60_000 })).toBe('cancel');
    expect(await finishTask(database.db, lease, { state: 'cancelled' })).toBe(true);
    await claim('dies', 0, ['c3']);
    expect(await cancelTask(database.db, orphan)).toBe('requested');
    const state = database.db.selectFrom('task').select('state').where('id', '=', orphan);
    await vi.waitFor(async () => {
      expect(await claim('other', 1000, ['c3'])).toBeUndefined();
      expect(await state.executeTakeFirst()).toEqual({ state: 'cancelled' });
    });
  });
});
