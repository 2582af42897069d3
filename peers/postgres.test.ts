import { newId } from '@atelier/adapters/postgres';
import { testDatabase } from '@atelier/adapters/postgres/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

describe('a database of a test', () => {
  test('is migrated and answers', async () => {
    expect(await database.isReady()).toBe(true);
    const one = await testDatabase();
    await one.db.insertInto('people_user').values({ id: newId(), name: 'ada' }).execute();
    expect(await one.db.selectFrom('people_user').selectAll().execute()).toHaveLength(1);
    expect(await database.db.selectFrom('people_user').selectAll().execute()).toHaveLength(0);
    await one.close();
  });
});
