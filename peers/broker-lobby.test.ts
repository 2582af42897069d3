import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BrokerLab, brokerLab, password } from './rdp-lab/broker-lab.ts';
import { type RdpClient, startRdpClient } from './rdp-lab/rdp-client.ts';
import { startXrdpHost } from './rdp-lab/xrdp-host.ts';
import { until } from './server/caller.ts';

// Machines that a program of the administrator's switches on, of which one is a real xrdp host that needs a minute; real xfreerdp under Xvfb.

const bootSeconds = 60;
const colour = 0x483d8b;
let lab: BrokerLab;
let here: string;
let folder: string;
/** The others come when the first picture was timed. */
const measured = Promise.withResolvers<void>();

/** What the program was asked, a line each; machines that are on have a file. */
const program = (folder: string) => `#!/bin/sh
cd ${folder}
[ "$1" = power ] || [ "$1" = endpoints ] || echo "$1 $2" >>calls
case $1 in
power) test -e "on-$2" && echo on || echo off ;;
start)
  if [ "$2" = stuck ]; then
    sleep 1000 &
    echo $! >waits
    wait
  fi
  touch "on-$2" ;;
endpoints) cat "at-$2" 2>/dev/null || echo '[]' ;;
*) rm -f "on-$2" ;;
esac
`;

beforeAll(async () => {
  lab = await brokerLab();
  folder = await mkdtemp(join(tmpdir(), 'atelier-lobby-'));
  lab.later(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'switch');
  await writeFile(file, program(folder), { mode: 0o700 });
  await lab.database.db
    .insertInto('broker_environment')
    .values({ name: 'rack', driver: 'command', settings: JSON.stringify({ program: file, tellsEndpoints: true }) })
    .execute();
  for (const name of ['minute', 'idle', 'stuck']) {
    const id = await lab.addCollection(name, [{ name, address: '192.0.2.1', state: 'stopped' }]);
    await lab.database.db
      .updateTable('broker_target')
      .set({ environment: 'rack', kind: 'virtual-machine' })
      .where('collection_id', '=', id)
      .execute();
  }
  await lab.addUsers('alice', 'bob', 'carol');
  here = (await lab.network.addMachine()).namespace;
}, 300_000);
afterAll(() => lab?.stop());

const dial = async (user: string, collection: string, ...more: readonly string[]): Promise<RdpClient> => {
  const words = [`/v:${lab.network.here}`, `/u:${user}`, `/p:${password}`, '/cert:ignore', '/bpp:24', '/size:1024x768'];
  const client = await startRdpClient(here, [...words, `/load-balance-info:tsv://${collection}`, ...more]);
  lab.later(client.close);
  return client;
};
const calls = async () => (await readFile(join(folder, 'calls'), 'utf8').catch(() => '')).trim().split('\n');
const isOn = async (name: string) => (await readdir(folder)).includes(`on-${name}`);
const session = (user: string) =>
  lab.database.db
    .selectFrom('broker_session')
    .select(['state', 'end_reason'])
    .where('user_name', '=', user)
    .orderBy('id', 'desc')
    .executeTakeFirst();
const target = (name: string) =>
  lab.database.db
    .selectFrom('broker_target')
    .select(['state', 'num_pending'])
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
/** In a window of 1024×768: the room's colour, the row of the card's bar, and its button. */
const room = 0x101318;
const bar = { x: 318, y: 365, colour: 0x4f8ef7 };
const cancelButton = { x: 512, y: 449 };
/** When the window was no longer black. */
const picture = async (client: RdpClient) => {
  await until(async () => (await client.pixel(5, 5)) === room);
  return client.age();
};
it.concurrent('shows a picture at once, keeps it moving for the minute that a machine needs, and ends on its desktop', async () => {
  const timed = async () => {
    // What client, TLS and activation take at the moment: the form comes without any decision.
    const asked = await dial('alice', 'minute', '/p:', '/sec:tls');
    const formMs = await picture(asked);
    await asked.close();
    const client = await dial('alice', 'minute');
    const [pictureMs, onAt] = await Promise.all([picture(client), until(() => isOn('minute')).then(client.age)]);
    return { formMs, client, pictureMs, onAt };
  };
  const { formMs, client, pictureMs, onAt } = await timed().finally(measured.resolve);
  let up = false;
  const minute = { name: 'minute', colour, password, users: ['alice'], bootSeconds };
  const booted = startXrdpHost(lab.network, minute).then(async (host) => {
    lab.later(host.kill);
    await writeFile(join(folder, 'at-minute'), JSON.stringify([{ address: host.address, port: 3389 }]));
    up = true;
  });
  let [at, movedAt, stillMs, moves] = [-1, client.age(), 0, 0];
  for (; !up; await pause(100)) {
    const now = await client.find(bar.colour, bar.x, bar.y);
    if (now === at) continue;
    stillMs = Math.max(stillMs, client.age() - movedAt);
    [at, movedAt, moves] = [now, client.age(), moves + 1];
    expect(await client.pixel(5, 5)).toBe(room);
  }
  await booted;
  const upAt = client.age();
  const { ms } = await client.sees([colour], 120_000);
  const s = (of: number) => (of / 1000).toFixed(1);
  console.info(
    `picture after ${s(pictureMs)} s (a form after ${s(formMs)} s), ${moves} moves and none for ${s(stillMs)} s at most, machine up ${s(upAt - onAt)} s after power, desktop ${s(ms - upAt)} s later`,
  );
  expect(pictureMs - formMs).toBeLessThan(1000);
  if (formMs < 1500) expect(pictureMs).toBeLessThan(2000);
  expect(upAt - onAt).toBeGreaterThan(bootSeconds * 1000);
  expect(moves).toBeGreaterThan(bootSeconds);
  expect(stillMs).toBeLessThan(3000);
  expect(await calls()).toContain('start minute');
  expect(await calls()).not.toContain('cancel minute');
  await until(async () => (await session('alice'))?.state === 'active');
  await client.close();
});

it.concurrent('stops the start when its user presses Esc, and the client says so', async () => {
  await measured.promise;
  const client = await dial('bob', 'idle');
  await picture(client);
  await until(() => isOn('idle'));
  expect(await target('idle')).toMatchObject({ state: 'starting', num_pending: 1 });
  // Longer than FreeRDP waits for a desktop without a lobby.
  await pause(9500);
  expect(await client.pixel(5, 5)).toBe(room);
  await client.press('Escape');
  await cancelled('bob', 'idle', client);
  expect(await isOn('idle')).toBe(false);
});

it.concurrent('stops the start when its user clicks on Cancel, also while the command that starts the machine hangs', async () => {
  await measured.promise;
  const client = await dial('carol', 'stuck');
  await picture(client);
  const waits = Number(await until(() => readFile(join(folder, 'waits'), 'utf8').catch(() => '')));
  await client.click(cancelButton.x, cancelButton.y);
  await cancelled('carol', 'stuck', client);
  // It and what it had started.
  await until(async () => !(await readdir('/proc')).includes(String(waits)));
});

async function cancelled(user: string, name: string, client: RdpClient): Promise<void> {
  const asked = performance.now();
  await client.ended;
  const took = performance.now() - asked;
  expect(client.output()).toContain('ERRINFO_CB_CONNECTION_CANCELLED');
  await until(async () => (await calls()).includes(`cancel ${name}`));
  expect(await session(user)).toMatchObject({ state: 'logged-off', end_reason: 'cancelled' });
  await until(async () => (await target(name)).state === 'stopped');
  expect(await target(name)).toMatchObject({ num_pending: 0 });
  console.info(`${name}: the client ended ${(took / 1000).toFixed(1)} s after its user cancelled`);
  await client.close();
}
