import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BrokerLab, brokerLab, password } from './rdp-lab/broker-lab.ts';
import { type RdpClient, startRdpClient } from './rdp-lab/rdp-client.ts';
import { startXrdpHost, type XrdpHost } from './rdp-lab/xrdp-host.ts';
import { until } from './server/caller.ts';

// Real xrdp hosts in namespaces of their own, real xfreerdp under Xvfb, a server with its broker over a real PostgreSQL.

const users = ['alice', 'bob', 'carol'];
let lab: BrokerLab;
let hosts: readonly XrdpHost[];
let here: string;
let elsewhere: string;

beforeAll(async () => {
  lab = await brokerLab();
  const host = async (name: string, colour: number) => {
    const one = await startXrdpHost(lab.network, { name, colour, password, users });
    lab.later(one.kill);
    return one;
  };
  hosts = [await host('h1', 0x483d8b), await host('h2', 0x006400)];
  await lab.addUsers(...users);
  await lab.addCollection('Office', hosts);
  here = (await lab.network.addMachine()).namespace;
  elsewhere = (await lab.network.addMachine()).namespace;
});
afterAll(() => lab?.stop());

const dial = async (user: string, namespace = here, ...more: readonly string[]): Promise<RdpClient> => {
  const words = [`/v:${lab.network.here}`, `/u:${user}`, `/p:${password}`, '/cert:ignore', '/bpp:24', ...more];
  const client = await startRdpClient(namespace, words);
  lab.later(client.close);
  return client;
};
const colours = () => hosts.map((one) => one.colour);
const sessions = () =>
  lab.database.db
    .selectFrom('broker_session')
    .innerJoin('broker_target', 'broker_target.id', 'broker_session.target_id')
    .select([
      'broker_session.id',
      'user_name',
      'broker_session.state',
      'broker_target.name as target',
      'client_address',
    ])
    .where('broker_session.state', 'in', ['connecting', 'active', 'disconnected'])
    .orderBy('user_name')
    .execute();

it('takes each person to the desktop that has the fewest, and back to their own from another place and size', async () => {
  const alice = await dial('alice');
  const first = await alice.sees(colours());
  console.log('alice', first);
  const bob = await dial('bob');
  const second = await bob.sees(colours());
  console.log('bob', second);
  expect(second.colour).not.toBe(first.colour);
  await until(async () => (await sessions()).filter((one) => one.state === 'active').length === 2);

  await alice.close();
  const [left] = await until(async () => {
    const found = await sessions();
    return found[0]?.state === 'disconnected' && found;
  });
  const again = await dial('alice', elsewhere, '/size:900x700');
  expect((await again.sees(colours())).colour).toBe(first.colour);
  const [back] = await until(async () => {
    const found = await sessions();
    return found[0]?.state === 'active' && found;
  });
  expect(back!.id).toBe(left!.id);
  await Promise.all([again.close(), bob.close()]);
});
