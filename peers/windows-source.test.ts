import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newSigningRequest } from '@atelier/agent';
import { parseXml, placeName } from '@atelier/wsman';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Atelier, makeAtelier } from './cli/atelier.ts';
import { until } from './server/caller.ts';
import { type TestServer, testServer } from './server/test-server.ts';
import { type Said, type WindowsSource, windowsSource } from './windows-source/windows-source.ts';

// Windows brings its events by itself: a program in Python that speaks as MS-WSMV 3.1.4.1.30 says (peers/windows-source/source.py).

let test: TestServer;
let folder: string;
let atelier: Atelier;
let source: WindowsSource;
let stranger: WindowsSource;
let manager: string;
let hostId: string;
let to: Said;

const at = (second: number) => `2026-03-04T05:06:${String(second).padStart(2, '0')}.1234567Z`;
const event = (record: number, message: string, more: object = {}) => ({ record, time: at(record), message, ...more });

async function stored(): Promise<Said[]> {
  const { body } = await test.owner.get('/api/v1/events?limit=200');
  return body.items.filter((one: Said) => one.source === 'win-1' && one.sourceKind === 'host').toReversed();
}
const details = async () => (await stored()).map((one) => one.detail);
const host = async () => (await test.owner.get(`/api/v1/hosts/${hostId}`)).body;

beforeAll(async () => {
  [test, folder] = await Promise.all([testServer(), mkdtemp(join(tmpdir(), 'atelier-windows-'))]);
  const body = {
    name: 'win-1',
    address: 'https://127.0.0.1:9',
    signIn: { kind: 'negotiate', user: 'u', password: 'p' },
  };
  hostId = (await test.owner.post('/api/v1/hosts', body)).body.id;
  const { privateKey, csr } = await newSigningRequest('whatever it says');
  const [ca, request, certificate, key] = ['ca.pem', 'host.csr', 'host.pem', 'host.key'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  await Promise.all([writeFile(ca, test.server.ca), writeFile(request, csr), writeFile(key, privateKey)]);
  atelier = await makeAtelier();
  const { authorization } = test.owner.headers;
  const as = { ATELIER_SERVER: test.server.url, ATELIER_CA: ca, ATELIER_TOKEN: authorization!.split(' ')[1] };
  Object.assign(atelier.env, as);
  const certified = await atelier.run(['host', 'certificate', 'win-1', request]);
  expect(certified.code, certified.err).toBe(0);
  await writeFile(certificate, certified.out);
  source = await windowsSource({ ca, certificate, key });
  stranger = await windowsSource({ ca, certificate: null, key: null });
  const told = await atelier.json<{ subscriptionManager: string; ca: string }>('host', 'forwarding');
  expect(told.ca).toBe(test.server.ca);
  const issuer = new X509Certificate(test.server.ca).fingerprint.replaceAll(':', '');
  expect(told.subscriptionManager).toBe(
    `Server=${test.server.url}/wsman/SubscriptionManager/WEC,Refresh=60,IssuerCA=${issuer}`,
  );
  manager = told.subscriptionManager.slice(7).split(',')[0]!;
});
afterAll(async () => {
  await Promise.all([source?.stop(), stranger?.stop(), atelier?.remove()]);
  await test?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

describe('Windows as a source', () => {
  it('is let in by its certificate only', async () => {
    expect(await stranger.ask('probe', { url: manager })).toEqual({ status: 401 });
    expect(await stranger.ask('subscriptions', { url: manager })).toMatchObject({ status: 401 });
    expect(await source.ask('probe', { url: manager })).toEqual({ status: 200 });
  });

  it('is told what to deliver, in the form that it takes', async () => {
    const answer = await source.ask('subscriptions', { url: manager });
    expect(answer).toMatchObject({ status: 200, ended: true, action: expect.stringMatching(/EnumerateResponse$/) });
    expect(answer.items).toHaveLength(1);
    [to] = answer.items;
    const guid = '[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}';
    expect(to).toMatchObject({
      version: expect.stringMatching(new RegExp(`^uuid:${guid}$`)),
      action: 'http://schemas.xmlsoap.org/ws/2004/08/eventing/Subscribe',
      resource: 'http://schemas.microsoft.com/wbem/wsman/1/windows/EventLog',
      options: { SubscriptionName: 'Atelier', ContentFormat: 'RenderedText', IgnoreChannelError: true },
      mode: 'http://schemas.dmtf.org/wbem/wsman/1/wsman/Events',
      address: expect.stringMatching(new RegExp(`^${test.server.url}/wsman/subscriptions/${guid}/1$`)),
      policy: [
        'issuer',
        new X509Certificate(test.server.ca).fingerprint.replaceAll(':', ''),
        'http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual',
      ],
      heartbeats: 'PT300.000S',
      encoding: 'UTF-16',
      dialect: 'http://schemas.microsoft.com/win/2004/08/events/eventquery',
      bookmark: 'http://schemas.dmtf.org/wbem/wsman/1/wsman/bookmark/earliest',
      bookmarks: true,
    });
    expect(to.end).toBe(to.address);
    expect(to.selects.map((one: string[]) => one[0])).toEqual(['System', 'Application', 'Security', 'HardwareEvents']);
    // Compression is not offered.
    expect(to.options).not.toHaveProperty('Compression');
    expect(await source.ask('finish', { to: manager })).toEqual({ status: 204 });
    expect((await host()).events.flow).toBe('host');
  });

  it('delivers rendered events, which are stored before they are acknowledged', async () => {
    const batch = [
      event(10, 'The Spooler ended &amp; nobody knows why: “Ünïcode”.'),
      event(11, 'as an element', { level: 3, cdata: false, channel: 'Application' }),
    ];
    const answer = await source.ask('deliver', {
      to,
      events: batch,
      bookmark: [
        ['System', 10],
        ['Application', 11],
      ],
    });
    expect(answer).toMatchObject({ status: 200, action: 'http://schemas.dmtf.org/wbem/wsman/1/wsman/Ack' });
    expect(await stored()).toMatchObject([
      {
        detail: 'The Spooler ended & nobody knows why: “Ünïcode”.',
        severity: 'error',
        name: 'host.event',
        userName: 'S-1-5-18',
        data: {
          channel: 'System',
          provider: 'Service Control Manager',
          eventId: 7031,
          recordId: 10,
          computer: 'win-1.example.org',
        },
      },
      { detail: 'as an element', severity: 'warning', data: { channel: 'Application', recordId: 11 } },
    ]);
  });

  it('is not taken twice at its word, when it did not hear the answer', async () => {
    const count = (await stored()).length;
    expect(await source.ask('again')).toMatchObject({ status: 200, action: expect.stringMatching(/Ack$/) });
    // Or sends it again with what came meanwhile.
    const batch = [event(10, 'known'), event(11, 'known', { channel: 'Application' }), event(12, 'new')];
    const answer = await source.ask('deliver', {
      to,
      events: batch,
      bookmark: [
        ['System', 12],
        ['Application', 11],
      ],
    });
    expect(answer.status).toBe(200);
    expect((await details()).slice(count)).toEqual(['new']);
    // A log that was made anew counts from the beginning.
    const anew = [event(1, 'after the log was cleared', { time: at(40) })];
    await source.ask('deliver', {
      to,
      events: anew,
      bookmark: [
        ['System', 1],
        ['Application', 11],
      ],
    });
    expect((await details()).slice(count)).toEqual(['new', 'after the log was cleared']);
  });

  it('goes on where its stored events end, and its subscription stays the same', async () => {
    const [again] = (await source.ask('subscriptions', { url: manager })).items;
    expect([again.version, again.address]).toEqual([to.version, to.address]);
    expect(again.bookmark).toEqual([
      { Channel: 'System', RecordId: '1', IsCurrent: 'true' },
      { Channel: 'Application', RecordId: '11', IsCurrent: 'true' },
    ]);
    expect(again.selects).toEqual(to.selects);
  });

  it('can say where a batch begins, which is taken there only', async () => {
    const before = await details();
    const list = (record: number) =>
      parseXml(
        `<BookmarkList><Bookmark IsCurrent="true" RecordId="${record}" Channel="System"/><Bookmark Channel="Application" RecordId="11" IsCurrent="true"/></BookmarkList>`,
      );
    const deliver = (behind: string, record: number, message: string) =>
      source.ask('deliver', {
        to,
        // Numbers and times that say nothing: as when the log of a Linux machine was begun anew.
        events: [event(record, message, { time: at(1) })],
        bookmark: [
          ['System', record],
          ['Application', 11],
        ],
        behind,
      });
    const taken = { status: 200, action: expect.stringMatching(/Ack$/) };
    expect(await deliver(placeName(list(1)), 5, 'first')).toMatchObject(taken);
    // The answer was lost, it comes again; then one that was under way when the source was started anew and asked where to go on.
    expect(await source.ask('again')).toMatchObject(taken);
    expect(await deliver(placeName(list(5)), 3, 'second')).toMatchObject(taken);
    const late = await deliver(placeName(list(1)), 4, 'first and more');
    expect(late).toMatchObject({ status: 500, fault: 'InvalidBookmark' });
    expect(await deliver('', 4, 'from the beginning')).toMatchObject({ status: 500, fault: 'InvalidBookmark' });
    expect((await details()).slice(before.length)).toEqual(['first', 'second']);
  });

  it('is shown when it has missed its heartbeats, and when it is back', async () => {
    expect(await source.ask('beat', { to })).toMatchObject({ status: 200, action: expect.stringMatching(/Ack$/) });
    // As if eleven minutes had gone by.
    await sql`update host set event_lease_until = now() - interval '1 second'`.execute(test.database.db);
    const silent = await host();
    expect(silent.events).toMatchObject({ flow: 'silent', heardAt: expect.any(String) });
    expect(silent.health).toMatchObject({
      level: 'warning',
      findings: [{ text: expect.stringContaining('neither events nor heartbeats') }],
    });
    await until(async () => {
      const { body } = await test.owner.get('/api/v1/events?limit=200');
      return body.items.find((one: Said) => one.name === 'host.silent')?.detail.startsWith('win-1 has brought neither');
    });
    expect((await host()).events.flow).toBe('silent');
    await source.ask('beat', { to });
    expect((await host()).events.flow).toBe('host');
  });

  it('can bring nothing as somebody else, and nothing that is not wanted', async () => {
    const elsewhere = { ...to, address: to.address.replace(/[0-9A-F]{12}\/1$/, '000000000000/1') };
    expect(await source.ask('deliver', { to: elsewhere, events: [], bookmark: [] })).toMatchObject({ status: 404 });
    const before = await details();
    await test.owner.send('PATCH', `/api/v1/hosts/${hostId}`, { body: { collectEvents: false } });
    const refused = await source.ask('deliver', { to, events: [event(50, 'unwanted')], bookmark: [['System', 50]] });
    expect(refused).toMatchObject({ status: 500, fault: 'InvalidMessage' });
    expect((await source.ask('subscriptions', { url: manager })).items).toEqual([]);
    expect((await host()).events.flow).toBe('off');
    expect(await details()).toEqual(before);
    await test.owner.send('PATCH', `/api/v1/hosts/${hostId}`, { body: { collectEvents: true } });
  });

  it('gets the right answer to what makes no sense, and nobody else is bothered by it', async () => {
    const raw = (url: string, text: string, count = 1, kind: string | null = null) =>
      source.ask('raw', { url, text, count, kind });
    const before = await details();
    expect(await raw(manager, '<s:Envelope')).toMatchObject({ status: 500, fault: 'SchemaValidationError' });
    const entity = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>';
    expect(await raw(manager, entity)).toMatchObject({ status: 500, fault: 'SchemaValidationError' });
    expect(await raw(to.address, '<a>', 1000)).toMatchObject({ status: 500, fault: 'EncodingLimit' });
    expect(await source.ask('announce', { url: to.address, length: 3_000_000 })).toEqual({ status: 413 });
    expect((await raw(to.address, '{}', 1, 'text/plain')).status).toBe(415);
    // Nobody reads on what somebody sends who shows no certificate.
    expect(await stranger.ask('announce', { url: to.address, length: 1_000_000 })).toEqual({ status: 401 });
    expect(await source.ask('beat', { to })).toMatchObject({ status: 200 });
    expect(await details()).toEqual(before);
  });

  it('leaves, and a server may pull again', async () => {
    await source.ask('beat', { to });
    expect(await source.ask('leave', { to })).toMatchObject({ status: 200, action: expect.stringMatching(/Ack$/) });
    await until(async () => (await host()).events.flow === 'waiting');
  });

  it('is no host of ours any more once it was removed', async () => {
    await test.owner.send('DELETE', `/api/v1/hosts/${hostId}`);
    expect((await source.ask('subscriptions', { url: manager })).items).toEqual([]);
    expect(await source.ask('beat', { to })).toMatchObject({ status: 500, fault: 'InvalidMessage' });
  });
});
