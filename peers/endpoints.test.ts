import { createHash, createPublicKey, verify, X509Certificate } from 'node:crypto';
import { createClient, type InstanceReport } from '@atelier/api';
import { grantDocumentSchema, type SignedDocument } from '@atelier/domain/workspaces';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Channel,
  enrollDevice,
  type FakeDevice,
  facts,
  running,
  signingRequest,
} from './lifecycle/fake-device.ts';
import { browserSocket } from './lifecycle/plain-get.ts';
import { type LifecycleServer, lifecycleServer, password, until } from './lifecycle/running-server.ts';
import { httpsTransport } from './lifecycle/transport.ts';

// The endpoints' plane against a device made of ws and node:https, with nothing of the real client in it.

let given: LifecycleServer;
let device: FakeDevice;
let workspaceId: string;
let owner: string;

beforeAll(async () => {
  given = await lifecycleServer();
  await given.api.images.create({ body: { name: 'lab' } });
  workspaceId = (await given.api.workspaces.create({ body: { name: 'lab', image: 'lab', channel: 'stable' } })).id;
  await given.api.workspaces.assign({ params: { id: 'lab' }, body: { principal: { kind: 'group', id: 'everyone' } } });
  owner = (await given.api.people.listUsers()).items[0]!.id;
  device = await enrollDevice(given);
});
afterAll(() => given?.stop());

const problem = (code: string) => ({ problem: { code } });
const endpoint = (id = device.id) => given.api.endpoints.get({ params: { id } });
const instances = async () => (await given.api.endpoints.listInstances({ query: { endpoint: device.id } })).items;

/** Checks a grant as an endpoint must: by the key that it pinned at enrolment. */
function openGrant(signed: SignedDocument) {
  const pinned = device.enrolled.policyKeys.find((key) => key.keyId === signed.keyId)!;
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: pinned.publicKey }, format: 'jwk' });
  const bytes = Buffer.from(signed.payload, 'base64');
  expect(verify(null, bytes, key, Buffer.from(signed.signature, 'base64'))).toBe(true);
  return grantDocumentSchema.parse(JSON.parse(bytes.toString()));
}

describe('enrolment', () => {
  it('gives a token that pins the authority, and a certificate by it', async () => {
    const { token, command } = await given.api.endpoints.createToken({ body: {} });
    const der = new X509Certificate(given.server.ca).raw;
    expect(token.split('.')[1]).toBe(createHash('sha256').update(der).digest('hex'));
    expect(command).toBe(`atelier client enroll ${given.server.url} --token ${token}`);
    const certificate = new X509Certificate(device.enrolled.certificate);
    expect(certificate.verify(new X509Certificate(device.enrolled.ca).publicKey)).toBe(true);
    expect(await endpoint()).toMatchObject({ name: 'bench-1', state: 'enrolled', os: 'Debian 12', accelerator: 'tcg' });
  });

  it('takes a token as often as it says, and no garbage', async () => {
    const stranger = createClient(httpsTransport(given.server.url, { ca: given.server.ca }));
    const { token } = await given.api.endpoints.createToken({ body: { uses: 2 } });
    const enroll = (csr = signingRequest().csr, text = token) =>
      stranger.device.enroll({ body: { token: text, csr, facts: { ...facts, name: 'spare' } } });
    await expect(enroll('not a request')).rejects.toMatchObject(problem('request.invalid'));
    const together = await Promise.allSettled([enroll(), enroll(), enroll()]);
    expect(together.map((one) => one.status).sort()).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    await expect(enroll()).rejects.toMatchObject(problem('endpoint.token-invalid'));
    await expect(enroll(undefined, `${token}x`)).rejects.toMatchObject(problem('endpoint.token-invalid'));
    await given.database.db
      .updateTable('endpoint_enrollment_token')
      .set({ expires_at: new Date(0), uses_left: 5 })
      .execute();
    await expect(enroll()).rejects.toMatchObject(problem('endpoint.token-invalid'));
  });

  it('renews a certificate; both hold until the old one ends', async () => {
    const { key, csr } = signingRequest();
    const renewed = await device.api.device.renew({ body: { csr } });
    expect(renewed.endpointId).toBe(device.id);
    const certificate = { cert: renewed.certificate, key };
    const fresh = createClient(httpsTransport(given.server.url, { ca: given.server.ca, certificate }));
    expect((await fresh.device.repository()).baseUrls).toHaveLength(1);
    expect((await device.api.device.repository()).baseUrls).toHaveLength(1);
    await expect(given.api.device.repository()).rejects.toMatchObject(problem('endpoint.certificate'));
  });
});

describe('grants', () => {
  it('are signed, grow, and say what the newest assignment and policy say', async () => {
    const first = openGrant((await device.api.device.signIn({ body: { name: 'owner', password } })).grant);
    expect(first).toMatchObject({ endpointId: device.id, user: { id: owner, name: 'owner' } });
    expect(first.workspaces).toMatchObject([{ name: 'lab', enabled: true, version: null, policyRevision: 1 }]);
    await given.api.workspaces.commitPolicy({ params: { id: 'lab' }, body: { document: { vm: { vcpus: 4 } } } });
    const again = openGrant((await device.api.device.grant({ params: { userId: owner } })).grant);
    expect(again.sequence).toBe(first.sequence + 1);
    expect(again.workspaces[0]).toMatchObject({ policyRevision: 2, policy: { vm: { vcpus: 4 } } });
    const many = await Promise.all(
      Array.from({ length: 8 }, () => device.api.device.grant({ params: { userId: owner } })),
    );
    expect(new Set(many.map((one) => openGrant(one.grant).sequence)).size).toBe(8);
  });

  it('merge nested groups, the person, and the computer: least restrictive wins, with reasons', async () => {
    const { id } = await given.person('ada');
    const inner = await given.api.people.createGroup({ body: { name: 'inner' } });
    const outer = await given.api.people.createGroup({ body: { name: 'outer' } });
    await given.api.people.addMember({ params: { id: inner.id, kind: 'user', memberId: id } });
    await given.api.people.addMember({ params: { id: outer.id, kind: 'group', memberId: inner.id } });
    const { id: own } = await given.api.workspaces.create({ body: { name: 'own', image: 'lab', channel: 'stable' } });
    const to = { params: { id: own } };
    const assign = (kind: 'user' | 'group' | 'device', principal: string, limits: object) =>
      given.api.workspaces.assign({ ...to, body: { principal: { kind, id: principal }, ...limits } });
    const byGroup = await assign('group', outer.id, { clipboard: 'to-host', offlineLimitMinutes: 60 });
    await assign('user', id, { clipboard: 'to-workspace', printing: true, offlineLimitMinutes: 30 });
    await expect(assign('user', id, {})).rejects.toMatchObject(problem('assignment.exists'));
    const { grant } = await given.api.workspaces.effective({ ...to, query: { user: 'ada' } });
    expect(grant).toMatchObject({
      clipboard: { value: 'both' },
      printing: { value: true, by: [{ principal: 'user ada' }] },
      offlineLimitMinutes: { value: 60, by: [{ assignmentId: byGroup.id, principal: 'group outer' }] },
    });
    expect((await given.api.workspaces.effective({ ...to, query: { user: 'owner' } })).grant).toBeNull();
    await assign('device', device.id, { cdDvd: true });
    const here = openGrant((await device.api.device.signIn({ body: { name: 'ada', password } })).grant);
    expect(here.workspaces.find((one) => one.name === 'own')!.limits).toMatchObject({ cdDvd: true, clipboard: 'both' });
    await given.api.workspaces.remove({ params: { id: own } });
  });

  it('are refused to strangers of the computer and with a wrong password', async () => {
    const { id } = await given.person('eve');
    await expect(device.api.device.grant({ params: { userId: id } })).rejects.toMatchObject(
      problem('workspace.not-assigned'),
    );
    await expect(device.api.device.signIn({ body: { name: 'eve', password: 'wrong' } })).rejects.toMatchObject(
      problem('people.sign-in-failed'),
    );
  });

  it('go back by a new revision, never by an old number', async () => {
    const back = await given.api.workspaces.rollbackPolicy({ params: { id: 'lab', number: 1 } });
    expect(back).toMatchObject({
      number: 3,
      state: 'active',
      message: 'back to revision 1',
      document: { vm: { vcpus: 1 } },
    });
    const { items } = await given.api.workspaces.listRevisions({ params: { id: 'lab' } });
    expect(items.map((one) => [one.number, one.state])).toEqual([
      [3, 'active'],
      [2, 'revoked'],
      [1, 'superseded'],
    ]);
  });
});

describe('events', () => {
  it('are stored once each, whatever is sent again or at once', async () => {
    const batch = (from: number, to: number) =>
      device.api.device.events({
        body: {
          events: Array.from({ length: to - from + 1 }, (_, place) => ({
            sequence: from + place,
            code: 1502,
            severity: 'info' as const,
            detail: `start ${from + place}`,
            clientTime: new Date().toISOString(),
          })),
        },
      });
    expect(await batch(1, 300)).toMatchObject({ upTo: 300, stored: 300 });
    const again = await Promise.all([batch(200, 500), batch(250, 450), batch(1, 500), batch(400, 600)]);
    expect(again.reduce((sum, one) => sum + one.stored, 0)).toBe(300);
    const rows = await given.database.db
      .selectFrom('event')
      .select('source_seq')
      .where('source_id', '=', device.id)
      .execute();
    expect(rows.map((row) => row.source_seq).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 600 }, (_, place) => place + 1),
    );
    const { items } = await given.api.events.list({ query: { limit: 1 } });
    expect(items[0]).toMatchObject({ name: 'vm.started', source: expect.any(String) });
  });
});

describe('the channel', () => {
  const transfer: InstanceReport['transfer'] = {
    version: 1,
    state: 'running',
    bytesTotal: 100,
    bytesDone: 40,
    bySource: { zero: 10, previous: 20, interrupted: 0, host: 0, media: 0, peer: 0, network: 10 },
    wireBytes: 5,
    bytesPerSecond: 1,
    secondsLeft: 60,
    waiting: null,
    error: null,
  };

  const online = () => until(async () => (await endpoint()).state === 'online');

  it('says who is there, and what runs; the whole list each time', async () => {
    const channel = await device.connect();
    await online();
    await until(async () => (await endpoint()).ramMiB === facts.ramMiB);
    channel.report([running(workspaceId, owner, { state: 'transferring', transfer, startedAt: null, screen: false })]);
    const [one] = await until(async () => {
      const found = await instances();
      return found.length === 1 && found;
    });
    expect(one).toMatchObject({ state: 'transferring', workspace: 'lab', user: 'owner', transfer: { bytesDone: 40 } });
    const stranger = running('01ARZ3NDEKTSV4RRFFQ69G5FAV', owner);
    channel.report([
      running(workspaceId, owner, { transfer: { ...transfer!, state: 'done', bytesDone: 100 } }),
      stranger,
    ]);
    await until(async () => (await instances())[0]?.state === 'running');
    expect(await instances()).toHaveLength(1);
    // It goes on telling of the transfer that is over: that is no second one.
    channel.report([
      running(workspaceId, owner, { guestAgent: false, transfer: { ...transfer!, state: 'done', bytesDone: 100 } }),
    ]);
    await until(async () => (await instances())[0]?.guestAgent === false);
    const transfers = await given.database.db.selectFrom('transfer').selectAll().execute();
    expect(transfers).toMatchObject([{ state: 'completed', bytes_previous: 20, bytes_downloaded: 5 }]);
    channel.report([]);
    await until(async () => (await instances()).length === 0);
    await channel.close();
    await until(async () => (await endpoint()).state === 'offline');
  });

  it('is one for each endpoint: a newer one replaces the older, and stays', async () => {
    const older = await device.connect();
    await online();
    const newer = await device.connect();
    expect(await older.closed).toBe(4000);
    await online();
    await act('fetch');
    expect(newer.commands.at(-1)).toMatchObject({ kind: 'act', action: 'fetch' });
    await newer.close();
  });

  it('is closed on what is no message, or too large', async () => {
    for (const text of ['{"kind":"nonsense"}', 'not json', 'x'.repeat(3 * 1024 * 1024)]) {
      const channel = await device.connect();
      channel.socket.send(text);
      expect([4002, 1009]).toContain(await channel.closed);
    }
  });

  const act = (action: 'start' | 'fetch' | 'unlock' | 'stop', more: object = {}) =>
    given.api.my.command({ params: { workspaceId }, body: { endpointId: device.id, action, ...more } });

  it('brings commands down with a grant, and refusals up in the endpoint’s own words', async () => {
    const channel = await device.connect((command) =>
      command.kind === 'act' && command.action === 'stop'
        ? { code: 'workspace.wrong-state', detail: 'it does not run' }
        : null,
    );
    await online();
    await act('start');
    const command = channel.commands.findLast((one) => one.kind === 'act')!;
    expect(command).toMatchObject({ action: 'start', workspaceId, userId: owner });
    expect(openGrant(command.grant!).workspaces.map((one) => one.name)).toContain('lab');
    await expect(act('stop')).rejects.toMatchObject({
      problem: { code: 'workspace.wrong-state', detail: 'it does not run' },
    });
    await expect(act('unlock')).rejects.toMatchObject(problem('request.invalid'));
    await expect(act('unlock', { password: 'wrong' })).rejects.toMatchObject(problem('people.sign-in-failed'));
    await act('unlock', { password });
    expect(JSON.stringify(channel.commands)).not.toContain(password);
    // A change of policy is told to those who are connected, without anybody asking.
    const before = channel.commands.length;
    await given.api.workspaces.update({ params: { id: 'lab' }, body: { description: 'changed' } });
    await until(() => channel.commands.slice(before).some((one) => one.kind === 'refresh'));
    await channel.close();
    await expect(act('start')).rejects.toMatchObject(problem('endpoint.offline'));
  });

  it('shows people their own workspaces, where they may use them, and refuses what is disabled', async () => {
    const channel = await device.connect();
    await online();
    channel.report([running(workspaceId, owner)]);
    const mine = await until(async () => {
      const { items } = await given.api.my.list();
      return items[0]?.endpoints[0]?.instance && items;
    });
    expect(mine?.[0]).toMatchObject({
      name: 'lab',
      endpoints: [{ endpointId: device.id, online: true, instance: { state: 'running' } }],
    });
    // The computer is the owner's since they signed in there first: others neither see nor reach it.
    const other = await given.person('mallory');
    expect((await other.api.my.list()).items).toMatchObject([{ name: 'lab', endpoints: [] }]);
    const theirs = { params: { workspaceId }, body: { endpointId: device.id, action: 'start' as const } };
    await expect(other.api.my.command(theirs)).rejects.toMatchObject(problem('endpoint.not-found'));
    const [one] = await instances();
    await expect(
      other.api.endpoints.command({ params: { id: one!.id }, body: { action: 'lock' } }),
    ).rejects.toMatchObject(problem('people.not-allowed'));
    await given.api.endpoints.command({ params: { id: one!.id }, body: { action: 'lock' } });
    const audited = await given.api.audit.list({ query: { objectKind: 'instance' } });
    expect(audited.items[0]).toMatchObject({ verb: 'instance.lock' });
    await given.api.workspaces.update({ params: { id: 'lab' }, body: { enabled: false } });
    await expect(act('start')).rejects.toMatchObject(problem('workspace.disabled'));
    await act('stop');
    await given.api.workspaces.update({ params: { id: 'lab' }, body: { enabled: true } });
    await channel.close();
  });
});

describe('a screen', () => {
  const path = () => `/api/v1/my/workspaces/${workspaceId}/screen?endpoint=${device.id}`;
  const opened = (socket: ReturnType<typeof browserSocket>) =>
    new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));

  it('pairs the browser with the endpoint, carries bytes both ways, and ends with either', async () => {
    const ends: ReturnType<FakeDevice['socket']>[] = [];
    const channel = await device.connect((command) => {
      if (command.kind === 'open-screen') {
        const end = device.socket(`/api/v1/device/screens/${command.screenId}`);
        end.on('message', (data) => end.send(Buffer.concat([Buffer.from('echo '), data as Buffer])));
        end.once('open', () => end.send('RFB 003.008\n'));
        ends.push(end);
      }
      return null;
    });
    await until(async () => (await endpoint()).state === 'online');
    const browser = browserSocket(given.server, given.secret, path());
    let seen = '';
    browser.on('message', (data) => {
      seen += String(data);
    });
    await opened(browser);
    await until(() => seen === 'RFB 003.008\n');
    browser.send('hello');
    await until(() => seen.endsWith('echo hello'));
    const big = Buffer.alloc(1_000_000, 7);
    for (let count = 0; count < 8; count++) browser.send(big);
    await until(() => seen.length > 8_000_000);
    const gone = new Promise((resolve) => ends[0]!.once('close', resolve));
    browser.close();
    await gone;

    const second = browserSocket(given.server, given.secret, path());
    const ended = new Promise((resolve) => second.once('close', resolve));
    await opened(second);
    await until(() => ends.length === 2 && ends[1]!.readyState === 1);
    ends[1]!.close();
    await ended;
    await channel.close();
  });

  it('is refused with the endpoint’s words, and to endpoints that it is not for', async () => {
    const other = await enrollDevice(given, 'other');
    const codes: number[] = [];
    const channel: Channel = await device.connect((command) => {
      if (command.kind !== 'open-screen') return null;
      const wrong = other.socket(`/api/v1/device/screens/${command.screenId}`);
      wrong.on('unexpected-response', (_, answer) => codes.push(answer.statusCode!));
      wrong.on('error', () => {});
      return { code: 'workspace.wrong-state', detail: 'nothing runs here' };
    });
    await until(async () => (await endpoint()).state === 'online');
    const browser = browserSocket(given.server, given.secret, path());
    const [code, reason] = await new Promise<[number, string]>((resolve) =>
      browser.once('close', (number, text) => resolve([number, String(text)])),
    );
    expect([code, reason]).toEqual([4005, 'nothing runs here']);
    await until(() => codes.length > 0);
    expect(codes).toEqual([404]);
    await channel.close();
  });
});

describe('a revoked endpoint', () => {
  it('is told, loses its channel at once, and gets nothing any more', async () => {
    const lost = await enrollDevice(given, 'lost');
    await expect(given.api.endpoints.remove({ params: { id: lost.id } })).rejects.toMatchObject(
      problem('request.invalid'),
    );
    const channel = await lost.connect();
    await until(async () => (await endpoint(lost.id)).state === 'online');
    expect(await given.api.endpoints.revoke({ params: { id: lost.id } })).toMatchObject({ state: 'revoked' });
    expect(await channel.closed).toBe(4001);
    expect(channel.commands.at(-1)).toMatchObject({ kind: 'revoked' });
    await expect(lost.api.device.repository()).rejects.toMatchObject(problem('endpoint.certificate'));
    await expect(lost.connect()).rejects.toThrow('401');
    expect((await endpoint(lost.id)).state).toBe('revoked');
    await given.api.endpoints.remove({ params: { id: lost.id } });
    await expect(endpoint(lost.id)).rejects.toMatchObject(problem('endpoint.not-found'));
  });
});
