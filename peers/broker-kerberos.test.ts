import { randomBytes } from 'node:crypto';
import { obtainServiceTicket, obtainTicketGrantingTicket } from '@atelier/spnego';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BrokerLab, brokerLab } from './rdp-lab/broker-lab.ts';
import { signInAs } from './rdp-lab/synthetic-client.ts';
import { type Kdc, startKdc } from './support/kdc.ts';

// A broker with a keytab of a real KDC (MIT krb5). The client is ours: Debian's FreeRDP 2 is built without Kerberos
// (WITH_GSSAPI=OFF), and FreeRDP 3 is in broker-clients.test.ts.

const service = ['TERMSRV', 'desk.atelier.test'] as const;
const environment = { now: Date.now, random: (length: number) => new Uint8Array(randomBytes(length)) };
let kdc: Kdc;
let lab: BrokerLab;

beforeAll(async () => {
  kdc = await startKdc();
  for (const name of ['alice', 'stranger']) await kdc.addUser(name, 'of the realm');
  const keytab = await kdc.addServices(service.join('/'), 'HTTP/desk.atelier.test');
  lab = await brokerLab({}, { ATELIER_BROKER_KEYTAB: keytab, ATELIER_BROKER_REALM: kdc.realm });
  await lab.addUsers('Alice');
  await lab.addCollection('Office', [{ name: 'h1', address: '192.0.2.1' }]);
});
afterAll(async () => {
  await lab?.stop();
  await kdc?.stop();
});

const dial = async (client: string, name: readonly string[] = service) => {
  const access = { ...environment, exchange: kdc.exchange };
  const granting = await obtainTicketGrantingTicket(access, { realm: kdc.realm, client, password: 'of the realm' });
  const ticket = await obtainServiceTicket(access, granting, [...name]);
  return await signInAs({
    host: lab.network.here,
    port: 3389,
    user: client,
    // What stands in the Client Info is not looked at any more.
    password: '',
    nla: {
      ...environment,
      credentials: [{ kind: 'kerberos', ticket }],
      delegate: { user: client, domain: kdc.realm, password: 'of the realm' },
    },
  });
};
const sessions = () => lab.database.db.selectFrom('broker_session').select(['user_name', 'state']).execute();

it('lets in whom a ticket vouches for, under the name that the directory has', async () => {
  const { redirection } = await dial('alice');
  expect(redirection?.loadBalanceInfo).toBeTruthy();
  expect((await sessions()).map((one) => one.user_name)).toEqual(['Alice']);
});

it('lets in nobody of whom the directory does not know', async () => {
  await expect(dial('stranger')).rejects.toThrow('hung up');
  expect(await sessions()).toHaveLength(1);
});

it('takes no ticket for another service of the keytab', async () => {
  await expect(dial('alice', ['HTTP', 'desk.atelier.test'])).rejects.toThrow();
  expect(await sessions()).toHaveLength(1);
});

it('lets in nobody who was disabled', async () => {
  await lab.database.db.updateTable('people_user').set({ disabled: true }).where('name', '=', 'Alice').execute();
  await expect(dial('alice')).rejects.toThrow('hung up');
});
