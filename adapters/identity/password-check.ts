import { createHmac, randomBytes } from 'node:crypto';
import type { DatabaseHandle } from '@atelier/adapters/postgres';
import { AtelierError } from '@atelier/domain/errors';
import type { NtHashStore } from './nt-hash-store.ts';
import { hashPassword, verifyPassword } from './password-hash.ts';
import { signInAttempts } from './sign-in-attempts.ts';

/** Who signed in. */
export interface CheckedUser {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
}

/** Where an attempt comes from. */
export interface SignInOrigin {
  /** '' when it is not known. */
  readonly ip: string;
  readonly correlationId: string;
}

/** What became of an attempt, for counters and events; holds no secret. */
export interface SignInOutcome {
  readonly kind: 'succeeded' | 'failed' | 'slowed';
  /** What was typed, in lower case. */
  readonly name: string;
  /** The user of that name; null if there is none. */
  readonly userName: string | null;
  readonly from: SignInOrigin;
  /** A failure from which on attempts have to wait. */
  readonly startsBackOff: boolean;
}

/**
 * Checks a password, with back-off per name and address.
 * @throws AtelierError `people.sign-in-failed`, `people.sign-in-backoff` (extra.retryAfterSeconds), `request.too-many`
 */
export type CheckPassword = (name: string, password: string, from: SignInOrigin) => Promise<CheckedUser>;

/** A name as it was typed, for comparing and counting. */
export const foldName = (typed: string): string => typed.replaceAll('\0', '').trim().toLowerCase().slice(0, 128);

/**
 * Checks of passwords, whose back-off all servers and brokers over one database share. With a store of NT hashes, a right
 * password is known by that, in no time, and kept there; everything else takes as long as argon2id does.
 */
export function passwordCheck(
  database: DatabaseHandle,
  options: {
    readonly ntHashes?: NtHashStore;
    readonly onOutcome?: (outcome: SignInOutcome) => void;
    /** Lets computations through that take long, when it is their turn. Default: at once, and too many are refused. */
    readonly slowly?: <Result>(work: () => Promise<Result>) => Promise<Result>;
  } = {},
): CheckPassword {
  const { db } = database;
  const { ntHashes, onOutcome = () => {}, slowly = (work) => work() } = options;
  const attempts = signInAttempts(database);

  const check = async (name: string, password: string, from: SignInOrigin): Promise<CheckedUser> => {
    const booked = await attempts.book(name, from.ip);
    if (booked.kind === 'wait') {
      onOutcome({ kind: 'slowed', name, userName: null, from, startsBackOff: false });
      throw new AtelierError('people.sign-in-backoff', `wait ${booked.seconds} s before the next attempt`, {
        extra: { retryAfterSeconds: booked.seconds },
      });
    }
    const { user } = booked;
    const fits = ntHashes?.fits(user, user?.sealed ?? null, password) ?? false;
    const known = fits && user !== null && !user.disabled;
    const { ok, outdated } = known
      ? { ok: true, outdated: false }
      : await slowly(() => verifyPassword(password, user?.password_hash ?? null));
    if (!ok || !user || user.disabled) {
      await attempts.settle(booked.seq, false);
      onOutcome({ kind: 'failed', name, userName: user?.name ?? null, from, startsBackOff: booked.slowed });
      throw new AtelierError('people.sign-in-failed', 'the name or the password is wrong');
    }
    await attempts.settle(booked.seq, true);
    const hash = outdated ? await hashPassword(password) : user.password_hash;
    if (outdated)
      await db
        .updateTable('people_user')
        .set({ password_hash: hash })
        .where('id', '=', user.id)
        .where('password_hash', '=', user.password_hash)
        .execute();
    if (!known) await ntHashes?.keep(db, { id: user.id, password_hash: hash }, password);
    onOutcome({ kind: 'succeeded', name, userName: user.name, from, startsBackOff: false });
    return { id: user.id, name: user.name, displayName: user.display_name };
  };

  // A client that opens several connections at once brings the same password with each: that is one attempt.
  const running = new Map<string, Promise<CheckedUser>>();
  const secret = randomBytes(32);
  return (typed, password, from) => {
    const name = foldName(typed);
    const key = createHmac('sha256', secret)
      .update(JSON.stringify([name, password, from.ip]))
      .digest('base64');
    const same = running.get(key);
    if (same) return same;
    const checking = check(name, password, from).finally(() => running.delete(key));
    running.set(key, checking);
    return checking;
  };
}
