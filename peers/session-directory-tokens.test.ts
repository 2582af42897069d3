import type { TestDatabase } from '@atelier/adapters/postgres/testing';
import type { Claim, SessionDirectory } from '@atelier/adapters/session-directory';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { addCollection, addUsers, claimed, equal, requestOf, twoDirectories } from './broker/sample-directory.ts';

let database: TestDatabase;
let one: SessionDirectory;
let two: SessionDirectory;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ database, one, two, close } = await twoDirectories());
});
afterAll(() => close());

describe('tokens', () => {
  const grant = async (name: string, settings: Readonly<Record<string, unknown>> = {}) => {
    const farm = await addCollection(database, name, equal(1), settings);
    const [user] = await addUsers(database, name, 1);
    const claim = claimed(await one.claimLeastLoaded(requestOf(user!, farm), farm));
    return { farm, user: user!, claim, token: await one.issueToken(claim, '192.0.2.1') };
  };
  const inSession = async ({ claim, user }: { readonly claim: Claim; readonly user: string }) =>
    await one.report({ targetId: claim.target.id, sessionId: claim.session.id, user, what: 'log-on' });
  const age = (column: 'created_at' | 'last_used_at' | 'expires_at', seconds: number) =>
    sql`update broker_token set ${sql.ref(column)} = clock_timestamp() - ${seconds} * interval '1 second'`.execute(
      database.db,
    );

  test('a token leads to its session from its address, by any broker', async () => {
    const { claim, token } = await grant('token');
    expect(token).toMatch(/^[\w-]{32}$/);
    expect(await two.redeemToken(token, '::ffff:192.0.2.1')).toMatchObject({
      session: { id: claim.session.id },
      target: { name: 'token-0' },
      hops: 1,
    });
    expect(await one.redeemToken('A'.repeat(32), '192.0.2.1')).toBe('unknown');
    expect(await one.redeemToken(token.toLowerCase(), '192.0.2.1')).toBe('unknown');
    const stored = await database.db.selectFrom('broker_token').select('token_hash').execute();
    expect(stored.some(({ token_hash }) => token_hash.includes(token))).toBe(false);
  });

  test('only its first use, within a minute, may come from elsewhere', async () => {
    const roaming = await grant('roaming');
    expect(await two.redeemToken(roaming.token, '192.0.2.2')).toMatchObject({ hops: 1 });
    expect(await two.redeemToken(roaming.token, '192.0.2.1')).toBe('other-address');
    const late = await grant('late');
    await age('created_at', 61);
    expect(await two.redeemToken(late.token, '192.0.2.2')).toBe('other-address');
    expect(await two.redeemToken(late.token, '192.0.2.1')).toMatchObject({ hops: 1 });
  });

  test('in IPv6 the same network is not elsewhere: computers change their addresses there by themselves', async () => {
    const { token } = await grant('moving');
    expect(await two.redeemToken(token, '2001:db8:0:7::1')).toMatchObject({ hops: 1 });
    expect(await two.redeemToken(token, '2001:db8:0:7:aaaa::2')).toMatchObject({ hops: 2 });
    expect(await two.redeemToken(token, '2001:db8:0:8::1')).toBe('other-address');
  });

  test('it ends with its time and with its session', async () => {
    const old = await grant('old');
    await age('expires_at', 1);
    expect(await one.redeemToken(old.token, '192.0.2.1')).toBe('expired');
    const released = await grant('released');
    await one.releaseClaim(released.claim.session.id, 'cancelled');
    expect(await one.redeemToken(released.token, '192.0.2.1')).toBe('session-ended');
    await expect(one.issueToken(released.claim, '192.0.2.1')).rejects.toMatchObject({ code: 'broker.session-ended' });
  });

  test('a client that was interrupted may come back for some minutes, to its session or to another one in place of it', async () => {
    const left = await grant('left');
    await inSession(left);
    expect(await two.redeemToken(left.token, '192.0.2.1')).toMatchObject({ uses: 1, lost: null, interrupted: true });
    await one.report({ targetId: left.claim.target.id, user: left.user, what: 'disconnect' });
    expect(await two.redeemToken(left.token, '192.0.2.1')).toMatchObject({ uses: 2, interrupted: true });
    expect(await two.redeemToken(left.token, '192.0.2.9')).toBe('other-address');
    await sql`update broker_session set disconnected_at = clock_timestamp() - interval '11 minutes' where id = ${left.claim.session.id}`.execute(
      database.db,
    );
    expect(await two.redeemToken(left.token, '192.0.2.1')).toMatchObject({ lost: null, interrupted: false });

    const lost = await grant('host-died');
    await inSession(lost);
    await one.loseTarget(lost.claim.target.id);
    expect(await two.redeemToken(lost.token, '192.0.2.9')).toMatchObject({ lost: 'target-lost' });
    expect(await two.redeemToken(lost.token, '192.0.2.1')).toBe('other-address');
    await sql`update broker_session set ended_at = clock_timestamp() - interval '11 minutes' where id = ${lost.claim.session.id}`.execute(
      database.db,
    );
    expect(await two.redeemToken(lost.token, '192.0.2.9')).toBe('session-ended');

    const off = await grant('logged-off');
    await inSession(off);
    await one.report({ targetId: off.claim.target.id, user: off.user, what: 'log-off' });
    expect(await two.redeemToken(off.token, '192.0.2.1')).toBe('session-ended');
    const disabled = await grant('disabled');
    await database.db.updateTable('people_user').set({ disabled: true }).where('id', '=', disabled.user).execute();
    expect(await two.redeemToken(disabled.token, '192.0.2.1')).toBe('session-ended');
  });

  test('whom an administrator disconnected comes back by dialling afresh only', async () => {
    const sent = await grant('sent-away');
    await inSession(sent);
    await database.db
      .updateTable('broker_session')
      .set({ asked: 'disconnect' })
      .where('id', '=', sent.claim.session.id)
      .execute();
    expect(await two.redeemToken(sent.token, '192.0.2.1')).toBe('disconnected');
    const again = claimed(await one.claimLeastLoaded(requestOf(sent.user, sent.farm), sent.farm));
    expect(again.session.id).toBe(sent.claim.session.id);
    const fresh = await one.issueToken(again, '192.0.2.1');
    expect(await two.redeemToken(fresh, '192.0.2.1')).toMatchObject({ uses: 1 });
    await sql`update broker_token set disconnected_at = clock_timestamp() - interval '11 minutes' where disconnected_at is not null`.execute(
      database.db,
    );
    expect(await two.redeemToken(sent.token, '192.0.2.1')).toBe('expired');
  });

  test('with single-use passwords the newest token is the only one that is good, once it was used', async () => {
    const first = await grant('single', { target_sign_in: 'single-use-password' });
    await inSession(first);
    expect(await one.redeemToken(first.token, '192.0.2.1')).toMatchObject({ uses: 1 });
    const second = await one.issueToken(first.claim, '192.0.2.1');
    expect(await one.redeemToken(first.token, '192.0.2.1')).toMatchObject({ uses: 2 });
    expect(await one.redeemToken(second, '192.0.2.1')).toMatchObject({ uses: 1 });
    expect(await two.redeemToken(first.token, '192.0.2.1')).toBe('expired');
    const { id: target } = first.claim.target;
    expect(await two.admitReturn([target], first.user)).toBe(false);
    expect(await two.redeemToken(second, '192.0.2.1')).toMatchObject({ uses: 2 });
    expect(await two.admitReturn(['another'], first.user)).toBe(false);
    expect(await two.admitReturn([target], 'somebody')).toBe(false);
    expect(await two.admitReturn([target], first.user)).toBe(true);
    expect(await two.admitReturn([target], first.user)).toBe(false);
    expect(await two.redeemToken(second, '192.0.2.1')).toMatchObject({ uses: 3 });
    await age('last_used_at', 61);
    expect(await two.admitReturn([target], first.user)).toBe(false);
    expect(await two.redeemToken(second, '192.0.2.1')).toMatchObject({ uses: 4 });
    await one.report({ targetId: target, user: first.user, what: 'log-off' });
    expect(await two.admitReturn([target], first.user)).toBe(false);
  });

  test('whoever goes round is stopped, also with new tokens; whoever comes back now and then is not', async () => {
    const { claim, token } = await grant('loop');
    for (let hop = 1; hop <= 10; hop++) expect(await one.redeemToken(token, '192.0.2.1')).toMatchObject({ hops: hop });
    expect(await two.redeemToken(token, '192.0.2.1')).toBe('too-many-hops');
    const fresh = await two.issueToken(claim, '192.0.2.1');
    expect(await two.redeemToken(fresh, '192.0.2.1')).toBe('too-many-hops');
    await age('last_used_at', 61);
    expect(await two.redeemToken(token, '192.0.2.1')).toMatchObject({ hops: 1 });
  });
});

describe('leases', () => {
  test('one holder among all, with a fence that grows; released and forgotten ones are free', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, (_, n) => (n % 2 ? one : two).lease('vm/1', 60_000)));
    const held = all.filter((lease) => lease !== null);
    expect(held).toHaveLength(1);
    await held[0]!.release();
    const next = (await two.lease('vm/1', 60_000))!;
    expect(next.fence).toBeGreaterThan(held[0]!.fence);
    expect(next.signal.aborted).toBe(false);
    await next.release();
  });

  test('a lease is renewed while its holder lives, and aborts when it went to another', async () => {
    const lease = (await one.lease('vm/2', 300))!;
    const until = async () =>
      (
        await database.db
          .selectFrom('broker_lease')
          .select('until')
          .where('name', '=', 'vm/2')
          .executeTakeFirstOrThrow()
      ).until.getTime();
    const first = await until();
    await vi.waitFor(async () => expect(await until()).toBeGreaterThan(first + 300), { timeout: 10_000, interval: 20 });
    expect(await two.lease('vm/2', 300)).toBeNull();
    await sql`update broker_lease set holder = 'somebody', fence = nextval('broker_fence') where name = 'vm/2'`.execute(
      database.db,
    );
    await vi.waitFor(() => expect(lease.signal.aborted).toBe(true), { timeout: 10_000, interval: 20 });
    await lease.release();
    expect(await database.db.selectFrom('broker_lease').select('holder').where('name', '=', 'vm/2').execute()).toEqual([
      { holder: 'somebody' },
    ]);
  });
});
