import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { ControllerBook, enrollAgent } from '@atelier/agent';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AgentProcess, freePort, startAgentProcess } from './agent/agent-process.ts';
import { type PeerJournal, peerJournal } from './agent/peer-journal.ts';
import { type IpmiSim, simUser, startIpmiSim } from './ipmi/ipmi-sim.ts';
import { until } from './server/caller.ts';
import { type TestServer, testServer } from './server/test-server.ts';

// The event log of a management controller (ipmi_sim, written by ipmitool) reaches the server's event store like the host's own log, and with it.

let sim: IpmiSim;
let test: TestServer;
let agent: AgentProcess;
let folder: string;
let journal: PeerJournal;

const start = () => startAgentProcess({}, { journal: journal.arguments }, join(folder, 'agent'));
/** Add SEL Entry: a record of the sensor CPU Temp; the controller gives it its number and time. */
const log = (offset: number, gone = false) =>
  sim.ipmitool(
    'raw',
    ...`0x0a 0x44 0 0 2 0 0 0 0 0x20 0 4 1 1 ${gone ? 0x81 : 1} ${0x50 | offset} 0x91 0x90`.split(' '),
  );

/** Set SEL Time. */
async function setClock(time: number): Promise<void> {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(Math.floor(time / 1000));
  await sim.ipmitool('raw', '0x0a', '0x49', ...[...bytes].map(String));
}

async function stored(): Promise<{ detail: string; severity: string; data: Record<string, unknown> }[]> {
  const { body } = await test.owner.get('/api/v1/events?limit=200');
  return body.items.filter((one: { name: string }) => one.name === 'host.event').toReversed();
}
const details = async () => (await stored()).map((one) => one.detail);
const reaches = (count: number) => until(async () => (await details()).length >= count);

beforeAll(async () => {
  [sim, test, folder] = await Promise.all([
    startIpmiSim(),
    testServer(),
    mkdtemp(join(tmpdir(), 'atelier-hardware-events-')),
  ]);
  journal = peerJournal(folder);
  // A controller that knows the time, with a record from before the host was registered.
  await sim.ipmitool('sel', 'clear');
  await setClock(Date.UTC(2025, 1, 3));
  await log(9);
  await setClock(Date.now() + 2000);
  const { body } = await test.owner.post('/api/v1/hosts/invitations', {});
  const stateFolder = join(folder, 'agent');
  await enrollAgent({
    stateFolder,
    server: test.server.url,
    token: body.token,
    name: 'rack-1',
    address: 'https://127.0.0.1:9',
    listen: { address: '127.0.0.1', port: await freePort() },
    runAs: userInfo().username,
    forwardEvents: true,
  });
  const controller = { name: 'blade-7', host: '127.0.0.1', port: sim.port, user: simUser.user };
  await new ControllerBook(stateFolder).set(controller, simUser.password);
  agent = await start();
});
afterAll(async () => {
  await Promise.all([agent?.stop(), sim?.stop()]);
  await test?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

it('stores what a controller logs, warnings and worse, once, also when its log was cleared while nobody looked', {
  timeout: 60_000,
}, async () => {
  await log(9);
  await log(9, true);
  await log(7);
  await reaches(2);
  expect(await stored()).toMatchObject([
    {
      detail: 'CPU Temp: Upper Critical going high',
      severity: 'error',
      source: 'rack-1',
      data: { channel: 'HardwareEvents', provider: 'IPMI', eventId: 1, computer: 'blade-7' },
    },
    { detail: 'CPU Temp: Upper Non-critical going high', severity: 'warning' },
  ]);
  journal.write(3, 'from the journal');
  await reaches(3);

  const gone = once(agent.child, 'exit');
  agent.child.kill('SIGKILL');
  await gone;
  await sim.ipmitool('sel', 'clear');
  // As many as there were, so that the last number is the same again.
  for (const offset of [11, 9, 9, 9]) await log(offset);
  journal.write(4, 'from the journal, too');
  agent = await start();
  await reaches(8);
  journal.write(3, 'the end');
  await reaches(9);
  const all = await details();
  expect(all.toSorted()).toEqual(
    [
      'CPU Temp: Upper Critical going high',
      'CPU Temp: Upper Critical going high',
      'CPU Temp: Upper Critical going high',
      'CPU Temp: Upper Critical going high',
      'CPU Temp: Upper Non-critical going high',
      'CPU Temp: Upper Non-recoverable going high',
      'from the journal',
      'from the journal, too',
      'the end',
    ].toSorted(),
  );
  expect(all.slice(0, 3)).toEqual([
    'CPU Temp: Upper Critical going high',
    'CPU Temp: Upper Non-critical going high',
    'from the journal',
  ]);
});
