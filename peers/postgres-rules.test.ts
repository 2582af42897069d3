import { type Change, newId } from '@atelier/adapters/postgres';
import { testDatabase } from '@atelier/adapters/postgres/testing';
import { defaultPolicy } from '@atelier/domain/workspaces';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const broken = (constraint: string) => expect.objectContaining({ constraint });
const digest = 'ab'.repeat(32);

async function newImage(name: string, numbers: readonly number[]) {
  const image = newId();
  await database.db.insertInto('image').values({ id: image, name }).execute();
  const versions: string[] = [];
  for (const number of numbers) {
    const id = newId();
    const values = { id, image_id: image, number, state: 'available' as const, manifest_digest: digest };
    await database.db.insertInto('image_version').values(values).execute();
    versions.push(id);
  }
  return { image, versions };
}

const retire = (id: string) =>
  database.db.updateTable('image_version').set({ state: 'retired' }).where('id', '=', id).execute();

describe('optimistic lock', () => {
  test('of many who read the same revision, one may write', async () => {
    const id = newId();
    await database.db.insertInto('people_group').values({ id, name: 'Racers' }).execute();
    const writes = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        database.db
          .updateTable('people_group')
          .set({ description: `by ${n}` })
          .where('id', '=', id)
          .where('rev', '=', 1)
          .returning(['rev', 'updated_at', 'created_at'])
          .execute(),
      ),
    );
    const won = writes.flat();
    expect(won).toMatchObject([{ rev: 2 }]);
    expect(won[0]!.updated_at.getTime()).toBeGreaterThanOrEqual(won[0]!.created_at.getTime());
  });
});

describe('endpoints', () => {
  test('a contact does not make the revision that a person has read an old one', async () => {
    const id = newId();
    await database.db.insertInto('endpoint').values({ id, name: 'desk', fingerprint: digest }).execute();
    const update = (set: { last_contact_at?: Date; name?: string }) =>
      database.db.updateTable('endpoint').set(set).where('id', '=', id).returning('rev').executeTakeFirst();
    expect(await update({ last_contact_at: new Date() })).toEqual({ rev: 1 });
    expect(await update({ name: 'desk-2' })).toEqual({ rev: 2 });
  });
});

describe('groups', () => {
  test('a circle is refused, also when two transactions would close it together', async () => {
    const ids = [newId(), newId(), newId()] as const;
    for (const [n, id] of ids.entries())
      await database.db
        .insertInto('people_group')
        .values({ id, name: `circle-${n}` })
        .execute();
    const put = (member: string, group: string) =>
      database.db.insertInto('people_membership').values({ group_id: group, member_group_id: member }).execute();
    await put(ids[0], ids[1]);
    const both = await Promise.allSettled([put(ids[1], ids[2]), put(ids[2], ids[0])]);
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((one) => one.status === 'rejected')!.reason).toEqual(broken('people_membership_acyclic'));
    await expect(put(ids[0], ids[0])).rejects.toEqual(broken('people_membership_acyclic'));
  });

  test('names differ by more than case, and a member is named by its kind', async () => {
    const [user, group] = [newId(), newId()];
    await database.db.insertInto('people_user').values({ id: user, name: 'Grace' }).execute();
    await expect(
      database.db.insertInto('people_user').values({ id: newId(), name: 'grace' }).execute(),
    ).rejects.toEqual(broken('people_user_name_unique'));
    await database.db.insertInto('people_group').values({ id: group, name: 'everybody' }).execute();
    const member = await database.db
      .insertInto('people_membership')
      .values({ group_id: group, user_id: user })
      .returning(['member_kind', 'member_id'])
      .executeTakeFirst();
    expect(member).toEqual({ member_kind: 'user', member_id: user });
  });
});

describe('versions in use', () => {
  test('a channel moves to available versions of its own image only, and its counter grows', async () => {
    const { image, versions } = await newImage('moving', [1, 2]);
    const other = await newImage('other', [1]);
    const draft = newId();
    await database.db.insertInto('image_version').values({ id: draft, image_id: image, number: 3 }).execute();
    await database.db
      .insertInto('image_channel')
      .values({ image_id: image, name: 'stable', version_id: versions[0]! })
      .execute();
    const move = (version_id: string) =>
      database.db
        .updateTable('image_channel')
        .set({ version_id })
        .where('image_id', '=', image)
        .returning('counter')
        .execute();
    expect(await move(versions[1]!)).toEqual([{ counter: 2 }]);
    expect(await move(versions[0]!)).toEqual([{ counter: 3 }]);
    await expect(move(draft)).rejects.toEqual(broken('image_channel_version_available'));
    await expect(move(other.versions[0]!)).rejects.toEqual(broken('image_channel_version_fk'));
    await expect(retire(versions[0]!)).rejects.toEqual(broken('image_version_not_in_use'));
    await retire(versions[1]!);
    await expect(move(versions[1]!)).rejects.toEqual(broken('image_channel_version_available'));
  });

  test('retiring and promoting at once: a channel never points at a retired version', async () => {
    for (let round = 0; round < 20; round++) {
      const { image, versions } = await newImage(`race-${round}`, [1]);
      const promote = database.db
        .insertInto('image_channel')
        .values({ image_id: image, name: 'stable', version_id: versions[0]! });
      const both = await Promise.allSettled([promote.execute(), retire(versions[0]!)]);
      expect(both.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    }
  });

  test('a workspace has a channel or a pin; a pinned version stays', async () => {
    const { image, versions } = await newImage('pinned', [1]);
    const workspace = { id: newId(), name: 'pinned', type: 'persistent' as const, image_id: image };
    const insert = (more: object) =>
      database.db
        .insertInto('workspace')
        .values({ ...workspace, ...more })
        .execute();
    await expect(insert({})).rejects.toEqual(broken('workspace_one_source'));
    await expect(insert({ channel: 'stable', pinned_version_id: versions[0] })).rejects.toEqual(
      broken('workspace_one_source'),
    );
    await insert({ pinned_version_id: versions[0] });
    await expect(retire(versions[0]!)).rejects.toEqual(broken('image_version_not_in_use'));
  });
});

describe('policy revisions', () => {
  test('one is active, all are immutable once committed, and the workspace points at one that exists', async () => {
    const { image } = await newImage('policies', []);
    const workspace_id = newId();
    const revision = (number: number) => ({
      workspace_id,
      number,
      document: JSON.stringify(defaultPolicy),
      digest,
      signature: 's',
    });
    await database.withTransaction(async (trx) => {
      const workspace = {
        id: workspace_id,
        name: 'policies',
        type: 'revertible' as const,
        image_id: image,
        channel: 'stable',
      };
      await trx
        .insertInto('workspace')
        .values({ ...workspace, active_revision: 1 })
        .execute();
      await trx
        .insertInto('workspace_policy_revision')
        .values({ ...revision(1), state: 'active' })
        .execute();
    });
    await expect(
      database.db
        .insertInto('workspace_policy_revision')
        .values({ ...revision(2), state: 'active' })
        .execute(),
    ).rejects.toEqual(broken('workspace_policy_revision_one_active'));
    const edit = database.db.updateTable('workspace_policy_revision').where('workspace_id', '=', workspace_id);
    await expect(edit.set({ document: '{}' }).execute()).rejects.toEqual(broken('workspace_policy_revision_immutable'));
    await expect(edit.set({ state: 'draft' }).execute()).rejects.toEqual(broken('workspace_policy_revision_immutable'));
    await edit.set({ state: 'superseded' }).execute();
    const point = database.db.updateTable('workspace').set({ active_revision: 7 }).where('id', '=', workspace_id);
    await expect(point.execute()).rejects.toEqual(broken('workspace_active_revision_fk'));
  });
});

describe('live changes', () => {
  test('a listener hears what others change, also after its connection was lost', async () => {
    const abort = new AbortController();
    const heard: Change[] = [];
    const listening = (async () => {
      for await (const change of database.listenChanges(abort.signal)) heard.push(change);
    })();
    const hears = (change: Partial<Change>) =>
      vi.waitFor(() => expect(heard).toContainEqual(expect.objectContaining(change)), { timeout: 20_000, interval: 5 });
    await hears({ kind: 'everything' });
    const id = newId();
    await database.db.insertInto('people_user').values({ id, name: 'Heard' }).execute();
    await hears({ kind: 'user', id, rev: 1, action: 'insert' });
    await database.db.updateTable('people_user').set({ email: 'x@y' }).where('id', '=', id).execute();
    await hears({ kind: 'user', id, rev: 2, action: 'update' });

    heard.length = 0;
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen atelier_change'`.execute(
      database.db,
    );
    await hears({ kind: 'everything' });
    await database.db.deleteFrom('people_user').where('id', '=', id).execute();
    await hears({ kind: 'user', id, action: 'delete' });
    abort.abort();
    await listening;
  });

  test('what was rolled back is not heard, and a slow listener is told to look at everything', async () => {
    const abort = new AbortController();
    const changes = database.listenChanges(abort.signal)[Symbol.asyncIterator]();
    expect((await changes.next()).value).toMatchObject({ kind: 'everything' });
    const refused = database.withTransaction(async (trx) => {
      await trx.insertInto('people_group').values({ id: newId(), name: 'never' }).execute();
      throw new Error('no');
    });
    await expect(refused).rejects.toThrow('no');
    const many = Array.from({ length: 1500 }, (_, n) => ({ id: newId(), name: `many-${n}` }));
    await database.db.insertInto('people_group').values(many).execute();
    await database.db.insertInto('setting').values({ key: 'last', value: '1' }).execute();
    let read = 0;
    await vi.waitFor(async () => {
      const { value } = await changes.next();
      read += 1;
      expect(value).toMatchObject({ kind: 'everything' });
    });
    expect(read).toBeLessThan(1001);
    abort.abort();
    expect((await changes.next()).done).toBe(true);
  });
});

describe('transactions', () => {
  test('conflicts are run again until both have happened', async () => {
    await database.db.insertInto('setting').values({ key: 'counter', value: '0' }).execute();
    const count = () =>
      database.withTransaction(async (trx) => {
        const { value } = await trx
          .selectFrom('setting')
          .select('value')
          .where('key', '=', 'counter')
          .executeTakeFirstOrThrow();
        await trx
          .updateTable('setting')
          .set({ value: JSON.stringify((value as number) + 1) })
          .where('key', '=', 'counter')
          .execute();
      }, 'serializable');
    await Promise.all([count(), count(), count()]);
    const row = await database.db.selectFrom('setting').select('value').where('key', '=', 'counter').executeTakeFirst();
    expect(row).toEqual({ value: 3 });
  });
});
