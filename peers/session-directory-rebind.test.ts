import type { TestDatabase } from '@atelier/adapters/postgres/testing';
import type { Claim, SessionDirectory } from '@atelier/adapters/session-directory';
import type { Collection } from '@atelier/domain/broker';
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

const from = '192.0.2.1';
const inSession = ({ session, target }: Claim) =>
  one.report({ targetId: target.id, sessionId: session.id, user: session.user, what: 'log-on' });

interface Lost {
  readonly farm: Collection;
  readonly user: string;
  readonly claim: Claim;
  readonly token: string;
}
/** Somebody with a token that was used, whose target is lost. */
async function loser(name: string, targets = 2, user?: string): Promise<Lost> {
  const farm = await addCollection(database, name, equal(targets));
  const who = user ?? (await addUsers(database, name, 1))[0]!;
  const claim = claimed(await one.claimLeastLoaded(requestOf(who, farm), farm));
  const token = await one.issueToken(claim, from);
  expect(await one.redeemToken(token, from)).toMatchObject({ uses: 1, hops: 1 });
  await inSession(claim);
  await lose(claim);
  return { farm, user: who, claim, token };
}
const lose = async ({ target }: Claim) => {
  await one.setTargetState(target.id, 'down', 'no answer');
  await two.loseTarget(target.id);
};
const nextFor = async (broker: SessionDirectory, { user, farm, claim }: Lost) =>
  claimed(await broker.claimLeastLoaded(requestOf(user, farm), farm, { not: [claim.target.name] }));

describe('a token whose session was lost', () => {
  test('leads to the place that took the session over, time and again, its uses and hops going on', async () => {
    const lost = await loser('again', 3);
    expect(await two.redeemToken(lost.token, from)).toMatchObject({ uses: 2, lost: 'target-lost' });
    const next = await nextFor(two, lost);
    expect(await two.rebindToken(lost.token, from, lost.claim.session.id, next)).toBe(true);
    expect(await one.redeemToken(lost.token, from)).toMatchObject({
      session: { id: next.session.id, state: 'connecting' },
      target: { name: next.target.name },
      lost: null,
      uses: 3,
      hops: 3,
    });
    await inSession(next);
    await lose(next);
    expect(await one.redeemToken(lost.token, from)).toMatchObject({ lost: 'target-lost', uses: 4 });
    const last = await nextFor(one, { ...lost, claim: next });
    expect(await one.rebindToken(lost.token, from, next.session.id, last)).toBe(true);
    expect(await two.redeemToken(lost.token, from)).toMatchObject({ session: { id: last.session.id }, lost: null });
    expect(await two.session(lost.claim.session.id)).toMatchObject({
      state: 'orphaned',
      target: lost.claim.target.name,
    });
    expect(await two.session('01ARZ3NDEKTSV4RRFFQ69G5FAV')).toBeNull();
  });

  test('leads all connections that bring it at once, to two brokers, to one session', async () => {
    for (let round = 0; round < 10; round++) {
      const lost = await loser(`race-${round}`, 4);
      const claims = await Promise.all(
        Array.from({ length: 8 }, async (_, n) => {
          const broker = n % 2 === 0 ? one : two;
          expect(await broker.redeemToken(lost.token, from)).toMatchObject({ session: { user: lost.user } });
          const next = await nextFor(broker, lost);
          expect(await broker.rebindToken(lost.token, from, lost.claim.session.id, next)).toBe(true);
          return next;
        }),
      );
      expect(new Set(claims.map(({ session }) => session.id)).size).toBe(1);
      expect(await two.redeemToken(lost.token, from)).toMatchObject({ session: { id: claims[0]!.session.id } });
      const counts = await countsOf(database, lost.farm);
      expect(counts.reduce((all, { pending, sessions }) => all + pending + sessions, 0)).toBe(1);
    }
  });

  test('leads to a session that is there or was lost, whatever is lost while it is bound', async () => {
    for (let round = 0; round < 10; round++) {
      const lost = await loser(`lost-again-${round}`, 3);
      const next = await nextFor(one, lost);
      const [bound] = await Promise.all([
        two.rebindToken(lost.token, from, lost.claim.session.id, next),
        one.loseTarget(next.target.id),
      ]);
      const found = await one.redeemToken(lost.token, from);
      expect(found).toMatchObject({ lost: 'target-lost', session: { id: (bound ? next : lost.claim).session.id } });
    }
  });

  test('leads nowhere new by somebody else, from elsewhere, to what is over, or against what an administrator said', async () => {
    const lost = await loser('refused', 3);
    const neighbour = await loser('neighbour', 3);
    const lostId = lost.claim.session.id;
    const next = await nextFor(one, lost);
    const theirs = await nextFor(one, neighbour);
    const tries = async (expected: boolean) =>
      expect(await two.rebindToken(lost.token, from, lostId, next)).toBe(expected);
    expect(await two.rebindToken(lost.token, from, lostId, theirs)).toBe(false);
    expect(await two.rebindToken(neighbour.token, from, lostId, next)).toBe(false);
    expect(await two.rebindToken('A'.repeat(32), from, lostId, next)).toBe(false);
    expect(await two.rebindToken(lost.token, '192.0.2.9', lostId, next)).toBe(false);
    // A place in another collection is none for a session of this one.
    const elsewhere = await addCollection(database, 'elsewhere', equal(1));
    const there = claimed(await one.claimLeastLoaded(requestOf(lost.user, elsewhere), elsewhere));
    expect(await two.rebindToken(lost.token, from, lostId, there)).toBe(false);
    // Each is undone, and the last try shows that nothing else was in the way.
    const changes: readonly (readonly [string, string])[] = [
      [`update people_user set disabled = true`, `update people_user set disabled = false`],
      [`update broker_collection set redirect_mode = 'direct'`, `update broker_collection set redirect_mode = 'token'`],
      [
        `update broker_collection set target_sign_in = 'single-use-password'`,
        `update broker_collection set target_sign_in = 'same-password'`,
      ],
      [`update broker_collection set enabled = false`, `update broker_collection set enabled = true`],
      [`update broker_token set disconnected_at = clock_timestamp()`, `update broker_token set disconnected_at = null`],
      [
        `update broker_token set expires_at = clock_timestamp() - interval '1 second'`,
        `update broker_token set expires_at = clock_timestamp() + interval '1 hour'`,
      ],
    ];
    for (const [said, undone] of changes) {
      await sql.raw(said).execute(database.db);
      await tries(false);
      await sql.raw(undone).execute(database.db);
    }
    expect(await one.redeemToken(lost.token, from)).toMatchObject({ lost: 'target-lost', session: { id: lostId } });
    await tries(true);
    const gone = await nextFor(one, neighbour);
    await one.releaseClaim(gone.session.id, 'cancelled');
    await one.releaseClaim(gone.session.id, 'cancelled');
    expect(await two.rebindToken(neighbour.token, from, neighbour.claim.session.id, gone)).toBe(false);
  });

  test('is an administrator’s to void where it leads now', async () => {
    const lost = await loser('voided');
    const next = await nextFor(one, lost);
    expect(await two.rebindToken(lost.token, from, lost.claim.session.id, next)).toBe(true);
    await inSession(next);
    await sql`update broker_session set asked = 'disconnect' where id = ${next.session.id}`.execute(database.db);
    expect(await two.redeemToken(lost.token, from)).toBe('disconnected');
  });
});
