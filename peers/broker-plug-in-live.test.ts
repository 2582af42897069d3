import { chmod, cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BrokerFleet, brokerFleet } from './rdp-lab/broker-fleet.ts';
import { type TestServer, testServer } from './server/test-server.ts';

// A broker process with plug-ins in its folder, as an administrator puts them there, who then says by the API who takes part; people sign in meanwhile.

const people = 40;
const template = join(import.meta.dirname, '../plugin-kit/broker/template');
let test: TestServer;
let fleet: BrokerFleet;
let folder: string;

/** Modules of plug-ins that the administrator regrets. */
const odd = {
  'a-thrower': `getMostSuitableTarget() { throw new Error('not today'); }`,
  'a-nonsense': `getMostSuitableTarget() { return { targetName: 'no-such-host', isNewConnection: true }; }`,
  'a-sleeper': `getMostSuitableTarget() { return new Promise(() => {}); }`,
  'a-looper': `getMostSuitableTarget() { for (;;); }`,
};
const teller = `let broker; const seen = [];
  export const createPlugin = () => ({
    name: 'teller',
    initialize(provider) { broker = provider; },
    notifySessionChange: (change, { user }) => put('session', change + ' ' + user),
    notifyTargetChange: (change, { name }) => put('target', change + ' ' + name),
    notifyClientConnectionStateChange: (change, { user }) => put('connection', change + ' ' + user),
  });
  const put = (what, text) => { seen.push(what + ' ' + text); return broker.filterPluginStore.saveProperties({ seen: seen.slice(-100).join(';') }); };`;
/** As somebody wrote it for the interface of 2008: everybody goes to the last machine of the farm that was told of. */
const old = `const machines = new Map();
  export const createPolicyPlugin = () => ({
    initialize: () => 0,
    machineChangeNotification(type, id, info) { if (type === 4) machines.set(id, info); },
    getMostSuitableServer: () => Math.max(...machines.keys()),
  });`;

async function put(name: string, module: string, more: object = {}): Promise<void> {
  const place = join(folder, name);
  await mkdir(place, { mode: 0o755 });
  const manifest = { kind: 'broker', name, apiVersion: '1.0', runs: 'worker', main: 'main.js', ...more };
  await writeFile(join(place, 'plugin.json'), JSON.stringify(manifest), { mode: 0o644 });
  await writeFile(join(place, 'package.json'), '{"type":"module"}', { mode: 0o644 });
  await writeFile(join(place, 'main.js'), module, { mode: 0o644 });
}

const plugIns = async () => (await test.owner.get('/api/v1/broker/plug-ins')).body.items;
const plugIn = async (name: string) => (await plugIns()).find((one: { name: string }) => one.name === name);
const healthOf = async (name: string) => (await plugIn(name))?.health[0];
const enable = (name: string, enabled: boolean) =>
  test.owner.post(`/api/v1/broker/plug-ins/${name}/enabled`, { enabled });
/** What a broker says of the one plug-in that is to be asked. */
async function only(name: string): Promise<void> {
  for (const one of await plugIns()) if (one.enabled && one.name !== name) await enable(one.name, false);
  expect((await enable(name, true)).status).toBe(200);
  await expect
    .poll(async () => (await plugIns()).filter((one: { health: unknown[] }) => one.health.length > 0), {
      timeout: 8000,
      interval: 100,
    })
    .toMatchObject([{ name, health: [{ state: 'ready' }] }]);
}

let next = 0;
const signIn = async (person = `person${next++ % (people - 1)}`, collection = 'Morning') => ({
  person,
  ...(await fleet.signIn(person, fleet.brokers[0]!.port, undefined, {
    loadBalanceInfo: `tsv://MS Terminal Services Plugin.1.${collection}`,
  })),
});
/** The trace of the person's latest connection, as the console shows it. */
async function traceOf(person: string) {
  const latest = async () =>
    (await test.owner.get(`/api/v1/broker/connections?user=${person}&limit=1`)).body.items[0]?.id;
  await expect.poll(latest, { timeout: 5000 }).toBeTruthy();
  return (await test.owner.get(`/api/v1/broker/connections/${await latest()}`)).body;
}

beforeAll(async () => {
  test = await testServer();
  folder = join(test.stateDir, 'broker-plug-ins');
  await mkdir(folder, { mode: 0o755 });
  await cp(template, join(folder, 'least-busy'), { recursive: true });
  for (const [path, mode] of [
    ['', 0o755],
    ['plugin.json', 0o644],
    ['least-busy.ts', 0o644],
  ] as const)
    await chmod(join(folder, 'least-busy', path), mode);
  for (const [name, method] of Object.entries(odd))
    await put(name, `export const createPlugin = () => ({ name: '${name}', ${method} });`, {
      collections: ['Morning'],
    });
  await put('broken', 'this is no module');
  await put('hanging', `export const createPlugin = () => ({ initialize: () => new Promise(() => {}) });`, {
    enabled: true,
  });
  await put('teller', teller);
  await put('old', old);
  await mkdir(join(folder, 'empty'), { mode: 0o755 });
  fleet = await brokerFleet({ brokers: 1, people, targets: 3, over: { ...test, plugIns: folder } });
  const { owner } = test;
  const {
    items: [host],
  } = (await owner.get('/api/v1/targets?collection=morning&limit=1')).body;
  const made = [
    await owner.post('/api/v1/collections', { name: 'Evening', kind: 'session-hosts' }),
    await owner.post('/api/v1/targets', {
      name: 'evening-1',
      collection: 'Evening',
      kind: 'session-host',
      state: 'running',
      endpoints: host.endpoints,
    }),
  ];
  const everyone = await test.database.db.selectFrom('people_group').select('id').executeTakeFirstOrThrow();
  const principal = { kind: 'group', id: everyone.id };
  made.push(await owner.post('/api/v1/collections/evening/entitlements', { principal }));
  for (const one of made) expect(one.status, one.text).toBe(201);
});
afterAll(async () => {
  await fleet?.stop();
  await test?.stop();
});

it('a plug-in of the folder decides, the trace says who said what, and the broker runs beside what is broken', async () => {
  const { person, redirection } = await signIn();
  expect(redirection).not.toBeNull();
  const { trace, target } = await traceOf(person);
  expect(target).toMatch(/^host\d$/);
  expect(trace.steps).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ stage: 'filter', by: 'least-busy', tookMs: expect.any(Number) }),
      expect.objectContaining({
        stage: 'load-balancing',
        by: 'least-busy',
        outcome: 'chose',
        detail: expect.stringContaining(target),
      }),
    ]),
  );
  // Everything that lies there is known, also what is not asked.
  expect((await plugIns()).map((one: { name: string }) => one.name).toSorted()).toEqual(
    [...Object.keys(odd), 'broken', 'calendar', 'hanging', 'least-busy', 'old', 'teller'].toSorted(),
  );
  // What hangs as it starts has delayed nobody, and what is no plug-in is told with what to do.
  expect((await healthOf('hanging')).state).toMatch(/starting|failed|restarting/);
  const problems = async () => (await test.owner.get('/api/v1/broker/plug-in-problems')).body.items;
  await expect.poll(problems, { timeout: 5000, interval: 100 }).toMatchObject([
    {
      source: join(folder, 'empty'),
      plugin: null,
      problem: expect.stringMatching(/has no plugin.json/),
      fix: expect.stringMatching(/put a plugin.json there/),
    },
  ]);
});

it('what an administrator says holds at once: settings, who is asked, the calendar that comes with the broker', async () => {
  const { health: _health, rev: _rev, ...registered } = await plugIn('least-busy');
  const put = (body: object) => test.owner.send('PUT', '/api/v1/broker/plug-ins/least-busy', { body });
  expect((await put({ ...registered, settings: { most: 0 } })).status).toBe(200);
  // Nobody is quiet enough now.
  await expect
    .poll(
      async () => {
        const { person } = await signIn().catch(() => ({ person: `person${(next - 1) % (people - 1)}` }));
        return (await traceOf(person)).trace.removed;
      },
      { timeout: 8000, interval: 200 },
    )
    .toMatchObject([{ reason: 'has 0 sessions', count: 3 }]);
  expect((await enable('least-busy', false)).status).toBe(200);
  const closed = {
    calendars: { Morning: { rules: [{ name: 'never', targets: {}, hours: { timeZone: 'UTC', week: [] } }] } },
  };
  const { body: calendar } = await test.owner.get('/api/v1/broker/plug-ins');
  const own = calendar.items.find((one: { name: string }) => one.name === 'calendar');
  const { health: _h, rev: _r, ...said } = own;
  const set = await test.owner.send('PUT', '/api/v1/broker/plug-ins/calendar', {
    body: { ...said, enabled: true, settings: closed },
  });
  expect(set.status, set.text).toBe(200);
  await only('calendar');
  const { person } = await signIn().catch(() => ({ person: `person${(next - 1) % (people - 1)}` }));
  expect((await traceOf(person)).trace).toMatchObject({
    removed: [{ count: 3 }],
    steps: expect.arrayContaining([expect.objectContaining({ by: 'calendar', stage: 'filter', outcome: 'chose' })]),
  });
});

it.each(Object.keys(odd))(
  'with %s people sign in within its time and a second, and others are not delayed',
  async (name) => {
    await only(name);
    const [first, second, elsewhere] = await Promise.all([signIn(), signIn(), signIn(undefined, 'Evening')]);
    for (const one of [first, second]) {
      expect(one.redirection).not.toBeNull();
      expect(one.ms).toBeLessThan(2000);
    }
    const { trace } = await traceOf(first.person);
    const step = trace.steps.find(({ by }: { by: string }) => by === name);
    expect(step).toMatchObject({ stage: 'load-balancing', outcome: expect.stringMatching(/failed|timed-out/) });
    // Another collection, of which the plug-in is not asked, while it sleeps or is in its loop.
    expect(elsewhere.ms).toBeLessThan(1000);
    expect((await traceOf(elsewhere.person)).target).toBe('evening-1');
  },
);

it('one that cannot be loaded is shown with why, and stops nobody', async () => {
  expect((await enable('broken', true)).status).toBe(200);
  await expect
    .poll(() => healthOf('broken'), { timeout: 8000, interval: 100 })
    .toMatchObject({ state: 'failed', lastError: expect.stringMatching(/initialise/) });
  expect((await signIn()).redirection).not.toBeNull();
  await enable('broken', false);
});

it('who fails three times is suspended, which the API shows, until it is reset', async () => {
  await only('a-thrower');
  for (let n = 0; n < 4; n++) await signIn();
  await expect
    .poll(() => healthOf('a-thrower'), { timeout: 5000, interval: 100 })
    .toMatchObject({ state: 'suspended', lastError: 'not today' });
  const { person } = await signIn();
  expect((await traceOf(person)).trace.steps).toEqual(
    expect.arrayContaining([expect.objectContaining({ by: 'a-thrower', outcome: 'suspended' })]),
  );
  expect((await test.owner.post('/api/v1/broker/plug-ins/a-thrower/reset')).status).toBe(200);
  await expect.poll(() => healthOf('a-thrower'), { timeout: 5000, interval: 100 }).toMatchObject({ state: 'ready' });
  const again = await signIn();
  expect((await traceOf(again.person)).trace.steps).toEqual(
    expect.arrayContaining([expect.objectContaining({ by: 'a-thrower', outcome: 'failed' })]),
  );
});

it('plug-ins are told of connections, sessions and targets', async () => {
  await only('teller');
  const { person } = await signIn();
  const [target] = await test.database.db.selectFrom('broker_target').select(['id', 'name']).limit(1).execute();
  await test.owner.post(`/api/v1/targets/${target!.name}/drain`, { drain: true });
  await expect
    .poll(
      async () =>
        (
          await test.database.db
            .selectFrom('broker_plugin_property')
            .select('value')
            .where('plugin', '=', 'teller')
            .executeTakeFirst()
        )?.value
          ?.toString()
          .split(';'),
      { timeout: 5000, interval: 100 },
    )
    .toEqual(
      expect.arrayContaining([
        `connection pending ${person}`,
        `connection succeeded ${person}`,
        `session connecting ${person}`,
        `target 1 ${target!.name}`,
      ]),
    );
  await test.owner.post(`/api/v1/targets/${target!.name}/drain`, { drain: false });
});

it('a policy plug-in of 2008 decides', async () => {
  await only('old');
  const { person } = await signIn(`person${people - 1}`);
  const { trace } = await traceOf(person);
  expect(trace.steps).toEqual(
    expect.arrayContaining([expect.objectContaining({ by: 'old', stage: 'load-balancing', outcome: 'chose' })]),
  );
});

it('a folder that was put there is read at SIGHUP', async () => {
  await put('late', `export const createPlugin = () => ({ name: 'late', filterTargets: () => [] });`, {
    enabled: true,
  });
  fleet.brokers[0]!.reload();
  await expect.poll(() => healthOf('late'), { timeout: 8000, interval: 100 }).toMatchObject({ state: 'ready' });
  await rm(join(folder, 'late'), { recursive: true });
});
