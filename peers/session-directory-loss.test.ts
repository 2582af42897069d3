import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { newId } from '@atelier/adapters/postgres';
import type { TestDatabase } from '@atelier/adapters/postgres/testing';
import type { Claim, SessionDirectory } from '@atelier/adapters/session-directory';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addCollection,
  addUsers,
  claimed,
  countsOf,
  equal,
  requestOf,
  twoDirectories,
} from './broker/sample-directory.ts';

let database: TestDatabase;
let one: SessionDirectory;
let two: SessionDirectory;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ database, one, two, close } = await twoDirectories());
});
afterAll(() => close());

describe('time and loss', () => {
  const runOut = (sessionId: string) =>
    sql`update broker_session set expires_at = clock_timestamp() - interval '1 second' where id = ${sessionId}`.execute(
      database.db,
    );

  test('a pending place whose time is over is free, whether somebody cleans up or not', async () => {
    const farm = await addCollection(database, 'expiry', [{ single_session: true }]);
    const users = await addUsers(database, 'expiry', 3);
    const first = claimed(await one.claimLeastLoaded(requestOf(users[0]!, farm), farm));
    expect(await one.claimLeastLoaded(requestOf(users[1]!, farm), farm)).toEqual({ kind: 'no-target' });
    await runOut(first.session.id);
    expect(await one.liveSession(farm.id, users[0]!)).toBeNull();
    const next = claimed(await two.claimLeastLoaded(requestOf(users[1]!, farm), farm));
    await runOut(next.session.id);
    expect(await two.expire()).toBeGreaterThanOrEqual(1);
    expect(await countsOf(database, farm)).toMatchObject([{ pending: 0, sessions: 0 }]);
  });

  test('a session whose broker died counts as left, one whose broker lives does not, and none is forgotten for ever', async () => {
    const farm = await addCollection(database, 'ghosts', equal(1));
    const users = await addUsers(database, 'ghosts', 3);
    const [alive, dead, next] = [newId(), newId(), newId()];
    const beat = (id: string, at: string) =>
      sql`insert into broker_instance (id, name, address, heartbeat_at) values (${id}, 'b', 'a', clock_timestamp() - ${at}::interval)`.execute(
        database.db,
      );
    await beat(alive, '1 second');
    await beat(dead, '90 seconds');
    const [here, gone, moved] = await Promise.all(
      users.map(async (user) => claimed(await one.claimLeastLoaded(requestOf(user, farm), farm))),
    );
    const tell = ({ session, target }: Claim, what: 'log-on' | 'disconnect', relay: string) =>
      one.report({ targetId: target.id, sessionId: session.id, user: session.user, what, relay });
    await Promise.all([tell(here!, 'log-on', alive), tell(gone!, 'log-on', dead), tell(moved!, 'log-on', dead)]);
    await beat(next, '1 second');
    await tell(moved!, 'log-on', next);
    // The first broker notices late that its client is gone.
    expect(await tell(moved!, 'disconnect', dead)).toMatchObject({ state: 'active' });
    await sql`update broker_session set changed_at = clock_timestamp() - interval '2 minutes' where collection_id = ${farm.id}`.execute(
      database.db,
    );
    await two.expire();
    const states = async () =>
      await Promise.all(users.map(async (user) => (await one.liveSession(farm.id, user))?.state ?? null));
    expect(await states()).toEqual(['active', 'disconnected', 'active']);
    await sql`update broker_session set disconnected_at = clock_timestamp() - interval '8 days' where id = ${gone!.session.id}`.execute(
      database.db,
    );
    await two.expire();
    expect(await states()).toEqual(['active', null, 'active']);
    expect(await countsOf(database, farm)).toMatchObject([{ sessions: 2, there: 2 }]);
  });

  test('the places of a lost target are free at once, and its tokens only tell whom to take elsewhere', async () => {
    const farm = await addCollection(database, 'lost', equal(2));
    const [user, neighbour] = await addUsers(database, 'lost', 2);
    const claim = claimed(await one.claimLeastLoaded(requestOf(user!, farm), farm));
    const token = await one.issueToken(claim, '192.0.2.1');
    await one.report({ targetId: claim.target.id, sessionId: claim.session.id, user: user!, what: 'log-on' });
    await one.claimTarget(requestOf(neighbour!, farm), farm, { targetName: claim.target.name, isNewConnection: true });
    await one.setTargetState(claim.target.id, 'down', 'no answer');
    expect(await two.loseTarget(claim.target.id)).toBe(2);
    expect(await two.redeemToken(token, '192.0.2.1')).toMatchObject({ lost: 'target-lost', interrupted: true });
    const next = claimed(await two.claimLeastLoaded(requestOf(user!, farm), farm));
    expect(next.target.name).not.toBe(claim.target.name);
    expect(next.result.isNewConnection).toBe(true);
  });

  test('a session moves off a target that hangs, but stays while there is no other', async () => {
    const farm = await addCollection(database, 'moving', equal(2));
    const [user] = await addUsers(database, 'moving', 1);
    const request = requestOf(user!, farm);
    const first = claimed(await one.claimLeastLoaded(request, farm));
    await one.report({ targetId: first.target.id, sessionId: first.session.id, user: user!, what: 'log-on' });
    const second = claimed(await one.moveClaim(first.session.id, request, farm, []));
    expect(second.target.name).not.toBe(first.target.name);
    expect(await one.moveClaim(second.session.id, request, farm, [first.target.name])).toEqual({ kind: 'no-target' });
    expect((await one.liveSession(farm.id, user!))?.id).toBe(second.session.id);
    expect((await countsOf(database, farm)).map(({ pending, sessions }) => pending + sessions).sort()).toEqual([0, 1]);
  });

  test('a broker that is killed while it decides leaves nothing that does not end', async () => {
    const farm = await addCollection(database, 'killed', equal(4));
    const users = await addUsers(database, 'killed', 2000);
    const child = spawn(
      process.execPath,
      [
        join(import.meta.dirname, 'broker/claiming-process.ts'),
        JSON.stringify({ url: database.url, collection: farm, users: users.slice(0, 1990) }),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let seen = 0;
    child.stdout.on('data', (data: Buffer) => {
      seen += data.length;
      if (seen > 100) child.kill('SIGKILL');
    });
    await once(child, 'exit');
    expect(seen).toBeLessThan(1990);
    // The other broker goes on at once: no lock of the dead one is in its way.
    for (const user of users.slice(1990)) claimed(await two.claimLeastLoaded(requestOf(user, farm), farm));
    const counts = await countsOf(database, farm);
    expect(counts.every(({ pending, waiting }) => pending === waiting)).toBe(true);
    expect(
      Math.max(...counts.map(({ pending }) => pending)) - Math.min(...counts.map(({ pending }) => pending)),
    ).toBeLessThanOrEqual(1);
    await sql`update broker_session set expires_at = now() where collection_id = ${farm.id}`.execute(database.db);
    await two.expire();
    expect((await countsOf(database, farm)).every(({ pending, sessions }) => pending + sessions === 0)).toBe(true);
  });
});
