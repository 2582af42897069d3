import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { hashPassword, ntHashStore } from '@atelier/adapters/identity';
import { loadSecretKey } from '@atelier/adapters/postgres';
import { openSessionDirectory } from '@atelier/adapters/session-directory';
import { mstsValue, securityProtocol, writeConnectionRequest } from '@atelier/rdp';
import { ntHash } from '@atelier/spnego';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrokerFleet, brokerFleet } from './rdp-lab/broker-fleet.ts';
import { signInAs } from './rdp-lab/synthetic-client.ts';

// A broker process, and somebody who knows its protocols: other people's tokens and names, and what they find where secrets should not be.

let fleet: BrokerFleet;
let port: number;
/** Beyond ASCII, and long enough to be found nowhere by chance. */
const secret = 'Пароль-für-Éva ☃ 8e1f';
const name = 'Éva Žižková';

beforeAll(async () => {
  fleet = await brokerFleet({ brokers: 1, people: 4, targets: 2, env: { ATELIER_LOG: 'debug' } });
  port = fleet.brokers[0]!.port;
  const { db } = fleet.database;
  const made = await db.selectFrom('people_user').selectAll().where('name', '=', 'person0').executeTakeFirstOrThrow();
  const hash = await hashPassword(secret);
  await db.updateTable('people_user').set({ name, password_hash: hash }).where('id', '=', made.id).execute();
  await ntHashStore(await loadSecretKey(fleet.stateDir)).keep(db, { id: made.id, password_hash: hash }, secret);
});
afterAll(() => fleet?.stop());

const byPassword = (user: string, password: string, from: string) =>
  signInAs({ host: '127.0.0.1', port, user, password, from });
const byNla = (user: string, password: string, from: string) =>
  signInAs({
    host: '127.0.0.1',
    port,
    user: 'somebody else',
    password: '',
    from,
    nla: {
      now: Date.now,
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
      credentials: [{ kind: 'ntlm', user, domain: '', ntHash: ntHash(password) }],
      delegate: { user, domain: '', password },
    },
  });
const tokenOf = (end: Awaited<ReturnType<typeof signInAs>>) => Buffer.from(end.redirection!.loadBalanceInfo!);

/** Opens with a token, and no TLS: a target of the lab confirms whatever it is asked (MS-RDPBCGR 2.2.1.2.1), the broker itself refuses that (2.2.1.2.2). */
function bring(token: Buffer, from: string): Promise<'relayed' | 'refused'> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, localAddress: from }).on('error', () => {});
    const negotiation = { flags: 0, protocols: securityProtocol.rdp };
    socket.write(writeConnectionRequest({ cookie: null, routingToken: token, negotiation, correlationId: null }));
    socket.once('data', (bytes: Buffer) => {
      resolve(bytes[11] === 2 ? 'relayed' : 'refused');
      socket.destroy();
    });
    socket.once('close', () => resolve('refused'));
  });
}
const refusals = async () => {
  const rows = await fleet.database.db
    .selectFrom('audit_entry')
    .selectAll()
    .where('verb', '=', 'session.token-refused')
    .execute();
  return rows.map((row) => JSON.stringify(row));
};

describe('names and passwords beyond ASCII', () => {
  it('sign in by password and by NLA, in capitals too', async () => {
    expect((await byPassword(name, secret, '127.7.0.1')).redirection).not.toBeNull();
    expect((await byNla(name, secret, '127.7.0.1')).redirection).not.toBeNull();
    expect((await byPassword(`LAB\\${name.toUpperCase()}`, secret, '127.7.0.1')).redirection).not.toBeNull();
  });
});

describe('a routing token', () => {
  it('that nobody issued leads nowhere, and is audited', async () => {
    expect(await bring(Buffer.from(`Cookie: msts=${'A'.repeat(32)}`), '127.7.1.1')).toBe('refused');
    await expect.poll(refusals).toContainEqual(expect.stringContaining('127.7.1.1'));
  });

  it('that another has leads nowhere once its owner used it', async () => {
    const token = tokenOf(await byPassword('person1', fleet.password, '127.7.2.1'));
    expect(mstsValue(token)).toMatch(/^[\w-]{32}$/);
    expect(await bring(token, '127.7.2.1')).toBe('relayed');
    expect(await bring(token, '127.7.2.66')).toBe('refused');
    await expect
      .poll(refusals)
      .toContainEqual(expect.stringMatching(/other-address.*127\.7\.2\.66|127\.7\.2\.66.*other-address/));
    expect(await bring(token, '127.7.2.1')).toBe('relayed');
  });

  it('that is expired, or whose person was disabled, leads nowhere', async () => {
    const { db } = fleet.database;
    const token = tokenOf(await byPassword('person2', fleet.password, '127.7.3.1'));
    expect(await bring(token, '127.7.3.1')).toBe('relayed');
    await db.updateTable('people_user').set({ disabled: true }).where('name', '=', 'person2').execute();
    expect(await bring(token, '127.7.3.1')).toBe('refused');
    await db.updateTable('people_user').set({ disabled: false }).where('name', '=', 'person2').execute();
    await db
      .updateTable('broker_token')
      .set({ expires_at: new Date(0) })
      .execute();
    expect(await bring(token, '127.7.3.1')).toBe('refused');
  });
});

describe('a routing token whose host died', () => {
  const [home, away] = ['127.7.6.1', '127.7.6.66'];
  const sessions = async () => {
    const rows = await fleet.database.db
      .selectFrom('broker_session')
      .innerJoin('broker_target', 'broker_target.id', 'broker_session.target_id')
      .select(['broker_session.id', 'broker_target.id as targetId', 'broker_target.name', 'broker_session.ended_at'])
      .where('user_name', '=', 'person3')
      .execute();
    return rows.filter(({ ended_at }) => ended_at === null);
  };
  const directory = () => openSessionDirectory(fleet.database);
  const dies = async () => {
    const [{ targetId, name: host } = { targetId: '', name: '' }] = await sessions();
    await directory().setTargetState(targetId, 'down', 'no answer');
    await directory().loseTarget(targetId);
    expect(await sessions()).toEqual([]);
    return { host, back: () => directory().setTargetState(targetId, 'running') };
  };
  let token: Buffer;

  it('leads its holder to one new session, by as many connections as bring it, and nobody else', async () => {
    token = tokenOf(await byPassword('person3', fleet.password, home));
    expect(await bring(token, home)).toBe('relayed');
    const { host, back } = await dies();
    expect(await bring(token, away)).toBe('refused');
    expect(await sessions()).toEqual([]);
    expect(await Promise.all([bring(token, home), bring(token, home)])).toEqual(['relayed', 'relayed']);
    const now = await sessions();
    expect(now).toHaveLength(1);
    expect(now[0]!.name).not.toBe(host);
    // The old token leads there from now on: nobody decides again.
    const decided = () =>
      fleet.database.db.selectFrom('broker_connection').select('trace').where('user_name', '=', 'person3').execute();
    const traces = () =>
      decided().then((rows) => rows.map(({ trace }) => JSON.stringify(trace)).filter((one) => one.includes(host)));
    await expect.poll(traces).toContainEqual(expect.stringContaining(`reconnected after the loss of ${host}`));
    const before = (await decided()).length;
    expect(await bring(token, home)).toBe('relayed');
    expect(await bring(token, away)).toBe('refused');
    expect(await sessions()).toMatchObject([{ id: now[0]!.id }]);
    expect((await decided()).length).toBe(before);
    await back();
  });

  it('leads to the session that its person has by now, and takes them nowhere from there', async () => {
    const { back, host } = await dies();
    await back();
    const others = (state: 'down' | 'running') =>
      fleet.database.db.updateTable('broker_target').set({ state }).where('name', '<>', host).execute();
    await others('down');
    await byPassword('person3', fleet.password, '127.7.6.2');
    const there = await sessions();
    expect(there).toMatchObject([{ name: host }]);
    await others('running');
    expect(await bring(token, home)).toBe('relayed');
    expect(await sessions()).toEqual(there);
  });

  it('leads to a sign-in, and takes no place, once its person may not come or has to be told something', async () => {
    const { db } = fleet.database;
    const { back } = await dies();
    const refusedWhile = async (change: () => Promise<unknown>, undo: () => Promise<unknown>) => {
      await change();
      expect(await bring(token, home)).toBe('refused');
      expect(await sessions()).toEqual([]);
      await undo();
    };
    const collection = (values: {
      target_sign_in?: 'single-use-password' | 'same-password';
      redirect_mode?: 'token' | 'direct';
    }) => db.updateTable('broker_collection').set(values).execute();
    const entitlements = await db
      .selectFrom('broker_entitlement')
      .select(['id', 'collection_id', 'user_id', 'group_id'])
      .execute();
    await refusedWhile(
      () => db.deleteFrom('broker_entitlement').execute(),
      () => db.insertInto('broker_entitlement').values(entitlements).execute(),
    );
    await refusedWhile(
      () => collection({ target_sign_in: 'single-use-password' }),
      () => collection({ target_sign_in: 'same-password' }),
    );
    await refusedWhile(
      () => collection({ redirect_mode: 'direct' }),
      () => collection({ redirect_mode: 'token' }),
    );
    await db.updateTable('broker_token').set({ hops: 0 }).execute();
    await refusedWhile(
      () => db.updateTable('broker_target').set({ state: 'stopped' }).where('state', '=', 'running').execute(),
      () => db.updateTable('broker_target').set({ state: 'running' }).where('state', '=', 'stopped').execute(),
    );
    const disabled = (yes: boolean) =>
      db.updateTable('people_user').set({ disabled: yes }).where('name', '=', 'person3').execute();
    await refusedWhile(
      () => disabled(true),
      () => disabled(false),
    );
    // Nothing else was in the way.
    expect(await bring(token, home)).toBe('relayed');
    expect(await sessions()).toHaveLength(1);
    await back();
  });
});

describe('a wrong password', () => {
  const outcome = (sign: Promise<unknown>) =>
    sign.then(
      () => 'in',
      (error: Error) => error.message,
    );

  it('says the same of names that there are and of others, by NLA', async () => {
    const known = await outcome(byNla('person1', 'wrong', '127.7.4.1'));
    const unknown = await outcome(byNla('nobody at all', 'wrong', '127.7.4.2'));
    expect(known).not.toBe('in');
    expect(unknown).toBe(known);
  });

  it('has the name wait from elsewhere, and its owner not where they are known', async () => {
    for (let n = 0; n < 6; n++) expect(await outcome(byNla(name, `wrong ${n}`, `127.7.5.${n + 1}`))).not.toBe('in');
    expect(await outcome(byNla(name, secret, '127.7.5.77'))).not.toBe('in');
    expect(await outcome(byNla(name, secret, '127.7.0.1'))).toBe('in');
    const events = await fleet.database.db
      .selectFrom('event')
      .select(['user_name', 'description'])
      .where('name', '=', 'broker.connection-failed')
      .execute();
    // Whom they tried to be by NLA, not what stands in the cookie.
    expect(events.some((one) => one.user_name === name && one.description.includes('127.7.5.'))).toBe(true);
    expect(events.some((one) => one.user_name === 'somebody else')).toBe(false);
  });
});

it('leaves passwords, their hashes and tokens in no log, no process list and no table', async () => {
  const token = tokenOf(await byPassword(name, secret, '127.7.0.1'));
  const value = mstsValue(token)!;
  const { stdout: dump } = await promisify(execFile)('pg_dump', [fleet.database.url, '--inserts'], {
    maxBuffer: 256 * 1024 * 1024,
  });
  const broker = fleet.brokers[0]!;
  const places: Readonly<Record<string, string>> = {
    log: broker.logged(),
    database: dump,
    'process list': await readFile(`/proc/${broker.pid}/cmdline`, 'utf8'),
  };
  expect(places.log!.length).toBeGreaterThan(500);
  expect(dump).toContain(name);
  const hash = Buffer.from(ntHash(secret));
  const utf8 = Buffer.from(secret);
  const utf16 = Buffer.from(secret, 'utf16le');
  const secrets = [
    secret,
    ...[utf8, utf16, hash].flatMap((bytes) => [bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, '')]),
    fleet.password,
    value,
    Buffer.from(value).toString('hex'),
  ];
  for (const [where, text] of Object.entries(places))
    for (const one of secrets) expect(text.includes(one), `${one} in the ${where}`).toBe(false);
});
