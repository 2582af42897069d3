import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ClientBench, openClientBench } from './testing/client-bench.ts';
import { eventually, untilWorkspace } from './testing/local-client.ts';
import { testWorkspace } from './testing/test-workspace.ts';

let bench: ClientBench;
beforeAll(async () => {
  bench = await openClientBench();
  await bench.enrol();
}, 60_000);
afterAll(() => bench?.close());

const until = (state: string) => untilWorkspace(bench.local, 'lab', (one) => one.state === state);
const limited = (minutes: number) => {
  const one = testWorkspace();
  return { ...one, limits: { ...one.limits, offlineLimitMinutes: minutes } };
};
/** As if the last contact had been `minutes` ago; while the client does not run. */
const ageContact = (minutes: number) => {
  const database = new DatabaseSync(join(bench.stateDir, 'client.sqlite'));
  const row = database.prepare("select key, value from note where key like 'contact:%'").get() as Record<
    string,
    string
  >;
  const clock = { ...JSON.parse(row.value!), wallTimeAtContact: Date.now() - minutes * 60_000 };
  database.prepare('update note set value = ? where key = ?').run(JSON.stringify(clock), row.key!);
  database.close();
};

it('signs in and starts without the server, within the limit', { timeout: 30_000 }, async () => {
  const { server, act } = bench;
  server.workspaces = [limited(60)];
  await act('start');
  await until('running');
  await bench.local.refresh();
  await server.down();
  await expect(bench.local.refresh()).rejects.toMatchObject({ code: 'client.server-unreachable' });
  await bench.local.signOut();
  expect(bench.machines.running.size).toBe(1);
  await expect(bench.local.signIn({ body: { name: 'anna', password: 'wrong' } })).rejects.toMatchObject({
    code: 'people.sign-in-failed',
  });
  await expect(bench.local.signIn({ body: { name: 'berta', password: 'x' } })).rejects.toMatchObject({
    code: 'client.server-unreachable',
  });
  await bench.local.signIn({ body: { name: 'anna', password: server.password } });
  await until('locked');
  await act('unlock', { password: server.password });
  await act('stop');
  await until('ready');
  await act('start');
  await until('running');
});

it('does not start beyond the limit, but never stops what runs', async () => {
  await bench.client.stop();
  ageContact(61);
  await bench.start();
  const running = await until('running');
  expect(running.offline).toMatchObject({ state: 'exceeded', limitMinutes: 60 });
  await bench.act('stop');
  const blocked = await until('blocked');
  expect(blocked.error).toMatchObject({ code: 'workspace.offline-exceeded' });
  await expect(bench.act('start')).rejects.toMatchObject({ code: 'workspace.offline-exceeded' });
});

it('is well again as soon as the server answers, with every event told once', { timeout: 30_000 }, async () => {
  await bench.server.up();
  await eventually(
    () =>
      bench.local.refresh().then(
        () => true,
        () => false,
      ),
    'the policy comes',
  );
  await bench.act('start');
  await until('running');
  await bench.act('stop');
  await until('ready');
  await bench.local.refresh();
  for (const code of [1102, 1106, 1508, 1513]) expect(bench.codes()).toContain(code);
  const sequences = [...bench.server.events.keys()].sort((a, b) => a - b);
  expect(sequences).toEqual(sequences.map((_, index) => index + 1));
});

it('refuses an older grant that is played again', async () => {
  const { server, local } = bench;
  const before = server.sequence;
  server.sequence = 1;
  server.workspaces = [testWorkspace({ policyRevision: 99 })];
  await expect(local.refresh()).rejects.toMatchObject({ code: 'client.grant-refused' });
  expect((await local.status()).workspaces[0]?.policyRevision).toBe(1);
  await eventually(() => bench.codes().includes(1103), 'the event of the refused policy');
  server.sequence = before + 10;
  server.workspaces = [limited(60)];
  await local.refresh();
});

it('deletes what the policy wants deleted, but not while it runs', async () => {
  const { server, local, act } = bench;
  await act('start');
  await until('running');
  const gone = limited(60);
  server.workspaces = [
    { ...gone, enabled: false, limits: { ...gone.limits, deleteWhen: { ...gone.limits.deleteWhen, disabled: true } } },
  ];
  await local.refresh();
  expect(await until('running')).toMatchObject({ version: 1 });
  await act('stop');
  await until('blocked');
  await expect(act('start')).rejects.toMatchObject({ code: 'workspace.disabled' });
  await bench.client.stop();
  await bench.start();
  await untilWorkspace(bench.local, 'lab', (one) => one.version === null);
  await bench.local.refresh();
  for (const code of [1107, 1109]) expect(bench.codes()).toContain(code);
});

it('tells when the clocks differ', async () => {
  bench.server.clockOffset = 3_600_000;
  await bench.local.refresh();
  await bench.local.refresh();
  expect(bench.codes().filter((code) => code === 1005)).toHaveLength(1);
  bench.server.clockOffset = 0;
});

it('may do nothing any more once it was revoked', async () => {
  await bench.server.command({ kind: 'revoked' });
  await eventually(async () => (await bench.local.status()).connection === 'revoked', 'revoked');
  expect(await bench.local.status()).toMatchObject({ user: null, workspaces: [] });
  await expect(bench.local.signIn({ body: { name: 'anna', password: bench.server.password } })).rejects.toMatchObject({
    code: 'endpoint.revoked',
  });
  await bench.client.stop();
  await bench.start();
  expect((await bench.local.status()).connection).toBe('revoked');
});
