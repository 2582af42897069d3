import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { element, ns, readItems, textOf, WsmanFault } from '@atelier/wsman';
import { afterEach, describe, expect, it } from 'vitest';
import { oneConnection } from '../auth/testing/one-connection.ts';
import {
  ask,
  changeConfig,
  sampleProvider,
  sampleUri,
  startTestAgent,
  type TestAgent,
  type TestAgentOptions,
} from '../testing/index.ts';
import { fixedSettings } from './check-config.ts';
import type { ConfigPart } from './config-xml.ts';
import { defaultConfig } from './winrm-config.ts';

let agent: TestAgent;
afterEach(() => agent.stop());
const start = async (options: TestAgentOptions = {}) => {
  agent = await startTestAgent({ transports: ['HTTP'], ...options });
  return agent;
};
const faultOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no fault',
    (error) => (error instanceof WsmanFault ? error.body.number : error.message),
  );
const reasonOf = (work: Promise<unknown>) => work.then(String, (error: WsmanFault) => error.body.reason);
const all = { resource: { resourceUri: sampleUri, selectors: [] } };
const thing = { resource: { resourceUri: sampleUri, selectors: [{ name: 'Name', value: 'thing1' }] } };
const invoke = (method: string) => ({ kind: 'invoke', method, input: null }) as const;
const enumerate = {
  kind: 'enumerate',
  filter: null,
  mode: 'object',
  polymorphism: null,
  optimize: true,
  maxElements: 20,
  expires: null,
} as const;
const invalid = 2150858838;

/** Places of all values of the tree. */
const leaves = (part: ConfigPart, at = ''): string[] =>
  Object.entries(part).flatMap(([name, value]) =>
    typeof value === 'object' ? leaves(value, `${at}${name}/`) : [`${at}${name}`],
  );

describe('the tree of settings', () => {
  it('can be put back as it was read, and what is fixed in it stays', async () => {
    await start();
    const config = { resource: { resourceUri: ns.config, selectors: [] } };
    const { body } = await ask(agent.http, { kind: 'get' }, config);
    await ask(agent.http, { kind: 'put', body: body[0]! }, config);
    const wrong: readonly (readonly [string, Parameters<typeof changeConfig>[2]])[] = [
      ['', { MaxProviderRequests: 5 }],
      ['', { Client: { TrustedHosts: '*' } }],
      ['Client', { AllowUnencrypted: true }],
      ['Client/Auth', { Digest: true }],
      ['Service/DefaultPorts', { HTTP: 80 }],
      ['Service', { CertificateThumbprint: 'A'.repeat(40) }],
    ];
    for (const [part, values] of wrong) expect(await faultOf(changeConfig(agent.http, part, values))).toBe(invalid);
    expect(await reasonOf(changeConfig(agent.http, 'Service/DefaultPorts', { HTTP: 80 }))).toBe(
      'the setting Service/DefaultPorts cannot be changed: a port is a setting of its listener',
    );
    expect(agent.settings.current.config.Client).toEqual(defaultConfig.Client);
  });

  it('has a row for each value in the documentation, which says where it is fixed', async () => {
    await start();
    const page = readFileSync(join(import.meta.dirname, '../../../docs/wsman-settings.md'), 'utf8');
    const rows = new Map(
      [...page.matchAll(/^\| `([\w/]+)` \|.*\| (in force|fixed) \|/gm)].map((one) => [one[1], one[2]]),
    );
    const isFixed = (place: string) =>
      Object.keys(fixedSettings).some((one) => place === one || place.startsWith(`${one}/`));
    const due = leaves(defaultConfig as unknown as ConfigPart).map(
      (one) => [one, isFixed(one) ? 'fixed' : 'in force'] as const,
    );
    expect(new Map(rows)).toEqual(new Map(due));
  });

  it('goes back to what it was by Restore, and is changed by administrators alone', async () => {
    await start({ people: { admin: 'Secret-1', guest: 'Secret-2' }, administrators: ['admin'] });
    const config = { resource: { resourceUri: ns.config, selectors: [] } };
    await changeConfig(agent.http, 'Service', { RootSDDL: 'D:(A;;GA;;;WD)', MaxConnections: 55 });
    const guest = { user: 'guest', password: 'Secret-2' };
    expect(await faultOf(changeConfig(agent.http, 'Winrs', { MaxShellsPerUser: 1 }, guest))).toBe(5);
    expect(await faultOf(ask(agent.http, invoke('Restore'), { ...config, ...guest }))).toBe(5);
    const listener = {
      resource: {
        resourceUri: `${ns.config}/Listener`,
        selectors: [
          { name: 'Address', value: '127.0.0.1' },
          { name: 'Transport', value: 'HTTP' },
        ],
      },
      ...guest,
    };
    expect(await faultOf(ask(agent.http, { kind: 'delete' }, listener))).toBe(5);
    expect(await faultOf(ask(agent.http, invoke('Reset'), config))).toBe(2150858771);
    await ask(agent.http, invoke('Restore'), config);
    expect(agent.settings.current.config).toEqual(defaultConfig);
  });
});

describe('who may', () => {
  const guest = { user: 'guest', password: 'Secret-2' };
  const people = { admin: 'Secret-1', guest: 'Secret-2' };
  it('is what RootSDDL says, from the next request on', async () => {
    await start({ people, administrators: ['admin'] });
    expect(await faultOf(ask(agent.http, { kind: 'get' }, { ...thing, ...guest }))).toBe(5);
    await changeConfig(agent.http, 'Service', { RootSDDL: 'O:NSG:BAD:P(A;;GA;;;BA)(A;;GR;;;AU)' });
    expect(await faultOf(ask(agent.http, { kind: 'get' }, { ...thing, ...guest }))).toBe('no fault');
    expect(await faultOf(ask(agent.http, enumerate, { ...all, ...guest }))).toBe('no fault');
    for (const refused of [invoke('Echo'), { kind: 'delete' } as const])
      expect(await faultOf(ask(agent.http, refused, { ...thing, ...guest }))).toBe(5);
    await changeConfig(agent.http, 'Service', { RootSDDL: 'D:(D;;GX;;;BA)(A;;GA;;;BA)' });
    expect(await faultOf(ask(agent.http, invoke('Echo'), thing))).toBe(5);
    expect(await faultOf(ask(agent.http, { kind: 'get' }, thing))).toBe('no fault');
  });
  it('cannot be said in words that mean nothing here, and then stays as it was', async () => {
    await start();
    const work = changeConfig(agent.http, 'Service', { RootSDDL: 'D:(A;;GA;;;S-1-5-21-1-2-3-500)' });
    expect(await reasonOf(work)).toContain('"S-1-5-21-1-2-3-500" names nobody on this machine');
    expect(agent.settings.current.config.Service.RootSDDL).toBe(defaultConfig.Service.RootSDDL);
  });
  it('is nobody when the file was changed by hand to something that nobody understands', async () => {
    await start({ service: { RootSDDL: 'everybody' } });
    expect(await faultOf(ask(agent.http, { kind: 'get' }, thing))).toBe(5);
    expect(agent.records).toContainEqual(expect.objectContaining({ kind: 'failure' }));
  });
});

describe('a way to log on', () => {
  const header = `Basic ${Buffer.from('admin:Secret-1').toString('base64')}`;
  it('that is switched off ends logons by it at once, on connections that are open', async () => {
    await start();
    const connection = oneConnection(agent.http);
    const body = Buffer.from('<x/>');
    const send = () => connection.send(body, { Authorization: header, 'Content-Type': 'application/soap+xml' });
    expect((await send()).status).toBe(500);
    const { settings } = agent;
    await settings.update((now) => ({
      ...now,
      config: {
        ...now.config,
        Service: { ...now.config.Service, Auth: { ...now.config.Service.Auth, Basic: false } },
      },
    }));
    expect((await send()).status).toBe(401);
    connection.close();
  });
  it('binds to TLS as hard as one of three words says', async () => {
    await start();
    const auth = (CbtHardeningLevel: string) => changeConfig(agent.http, 'Service/Auth', { CbtHardeningLevel });
    expect(await reasonOf(auth('Hard'))).toBe('the setting CbtHardeningLevel is neither None, Relaxed nor Strict');
    await auth('Strict');
  });
});

describe('a bound', () => {
  it('of operations under way holds for one user and for all', async () => {
    await start({
      people: { admin: 'Secret-1', other: 'Secret-2' },
      service: {
        AllowUnencrypted: true,
        MaxConcurrentOperationsPerUser: 1,
        MaxConcurrentOperations: 2,
      },
    });
    const other = { user: 'other', password: 'Secret-2' };
    const ended = new AbortController();
    const wait = (who = {}) => ask(agent.http, invoke('Wait'), { ...thing, ...who, signal: ended.signal });
    const first = wait().catch(() => {});
    await expect.poll(() => faultOf(ask(agent.http, { kind: 'get' }, thing))).toBe(2150859174);
    const second = wait(other).catch(() => {});
    await expect.poll(() => faultOf(ask(agent.http, { kind: 'get' }, { ...thing, ...other }))).toBe(2150859174);
    await agent.settings.update((now) => ({
      ...now,
      config: { ...now.config, Service: { ...now.config.Service, MaxConcurrentOperationsPerUser: 9 } },
    }));
    expect(await faultOf(ask(agent.http, { kind: 'get' }, thing))).toBe(2150858815);
    ended.abort();
    await Promise.all([first, second]);
  });
  it('of time, items and envelopes holds', async () => {
    await start({ providers: [sampleProvider(500)] });
    await changeConfig(agent.http, '', { MaxTimeoutms: 500, MaxBatchItems: 5, MaxEnvelopeSizekb: 32 });
    expect(await faultOf(ask(agent.http, invoke('Wait'), thing))).toBe(2150858793);
    expect(readItems(await ask(agent.http, enumerate, all), 'object').items).toHaveLength(5);
    const input = element(sampleUri, 'Echo_INPUT', null, 'x'.repeat(40_000));
    expect(await faultOf(ask(agent.http, { kind: 'invoke', method: 'Echo', input }, thing))).toBe(2150858825);
  });
  it('of connections holds over all ports', async () => {
    await start({ transports: ['HTTP', 'HTTPS'] });
    await agent.settings.update((now) => ({
      ...now,
      config: { ...now.config, Service: { ...now.config.Service, MaxConnections: 2 } },
    }));
    const connections = [oneConnection(agent.http), oneConnection(agent.https), oneConnection(agent.http)];
    const answer = (at: number) =>
      connections[at]!.send(new Uint8Array(0), {}).then(
        (one) => one.status,
        () => 'closed',
      );
    expect([await answer(0), await answer(1), await answer(2)]).toEqual([401, 401, 'closed']);
    connections[1]!.close();
    await expect.poll(() => answer(2)).toBe(401);
    for (const one of connections) one.close();
  });
  it('of the time that a request may take to arrive holds', async () => {
    await start({ service: { AllowUnencrypted: true, MaxPacketRetrievalTimeSeconds: 1 } });
    const { connect } = await import('node:net');
    const socket = connect(agent.listener.ports[0]!.port, '127.0.0.1');
    socket.write('POST /wsman HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf');
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1.1 40[18]/);
  });
});

describe('where the service listens', () => {
  const entry = {
    address: '127.0.0.2',
    transport: 'HTTP',
    port: 0,
    hostname: '',
    enabled: true,
    urlPrefix: 'wsman',
    certificateThumbprint: '',
  } as const;
  const answers = (url: string) => ask(url, { kind: 'identify' }).then(Boolean, () => false);
  const portOf = (address: string) => agent.listener.ports.find((one) => one.entry.address === address)?.port;

  it('is bounded by the filters of addresses, also for connections that are open', async () => {
    await start();
    await agent.settings.update((now) => ({ ...now, listeners: [...now.listeners, entry] }));
    await expect.poll(() => portOf('127.0.0.2')).toBeGreaterThan(0);
    const second = `http://127.0.0.2:${portOf('127.0.0.2')}/wsman`;
    expect([await answers(agent.http), await answers(second)]).toEqual([true, true]);
    const open = oneConnection(agent.http);
    expect((await open.send(new Uint8Array(0), {})).status).toBe(401);
    await changeConfig(agent.http, 'Service', { IPv4Filter: '127.0.0.2-127.0.0.9' });
    await expect
      .poll(() =>
        open.send(new Uint8Array(0), {}).then(
          () => 'open',
          () => 'closed',
        ),
      )
      .toBe('closed');
    expect([await answers(agent.http), await answers(second)]).toEqual([false, true]);
    const rows = await ask(second, enumerate, { resource: { resourceUri: `${ns.config}/Listener`, selectors: [] } });
    expect(readItems(rows, 'object').items.map((one) => textOf(one.item!).match(/127\.0\.0\.2$/)?.[0])).toEqual([
      undefined,
      '127.0.0.2',
    ]);
    expect(await reasonOf(changeConfig(second, 'Service', { IPv6Filter: '10.0.0.1' }))).toContain('IPv6Filter');
    await changeConfig(second, 'Service', { IPv4Filter: '' });
    await expect.poll(() => answers(second)).toBe(false);
    open.close();
  });

  it('is also the ports of old when that is wished, as far as they can be had', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, resolve));
    const port = (taken.address() as { port: number }).port;
    await start({ transports: ['HTTP', 'HTTPS'], compatibilityPorts: { HTTP: 0, HTTPS: port } });
    await changeConfig(agent.http, 'Service', {
      EnableCompatibilityHttpListener: true,
      EnableCompatibilityHttpsListener: true,
    });
    await expect.poll(() => portOf('*')).toBeGreaterThan(0);
    expect(await answers(`http://127.0.0.1:${portOf('*')}/wsman`)).toBe(true);
    await expect.poll(() => agent.records).toContainEqual(expect.objectContaining({ kind: 'failure' }));
    expect(await answers(agent.http)).toBe(true);
    await changeConfig(agent.http, 'Service', { EnableCompatibilityHttpListener: false });
    await expect.poll(() => portOf('*')).toBeUndefined();
    await new Promise((resolve) => taken.close(resolve));
  });

  it('names the certificate that it has, and takes no other', async () => {
    await start({ transports: ['HTTP', 'HTTPS'] });
    const at = (address: string) => ({
      resource: {
        resourceUri: `${ns.config}/Listener`,
        selectors: [
          { name: 'Address', value: address },
          { name: 'Transport', value: 'HTTPS' },
        ],
      },
    });
    const body = (values: Record<string, string>) =>
      element(
        ns.config,
        'Listener',
        null,
        ...Object.entries(values).map(([name, value]) => element(ns.config, name, null, value)),
      );
    const create = (address: string, values: Record<string, string>) =>
      ask(agent.http, { kind: 'create', body: body(values) }, at(address));
    const shown = textOf((await ask(agent.http, { kind: 'get' }, at('127.0.0.1'))).body[0]!);
    const thumbprint = /[0-9A-F]{40}/.exec(shown)![0];
    expect(await reasonOf(create('127.0.0.3', { CertificateThumbprint: 'B'.repeat(40) }))).toContain(thumbprint);
    expect(await reasonOf(create('127.0.0.3', { Hostname: 'example.org' }))).toContain('not for "example.org"');
    expect(await faultOf(create('somewhere', {}))).toBe(invalid);
    await create('127.0.0.3', { CertificateThumbprint: thumbprint, Hostname: 'localhost', Enabled: 'false' });
  });
});

describe('a mapping of certificates', () => {
  const uri = `${ns.config}/Service/certmapping`;
  const create = (UserName: string, Password?: string, URI = '*') =>
    ask(
      agent.http,
      {
        kind: 'create',
        body: element(
          ns.config,
          'CertMapping',
          null,
          element(ns.config, 'UserName', null, UserName),
          ...(Password ? [element(ns.config, 'Password', null, Password)] : []),
        ),
      },
      {
        resource: {
          resourceUri: uri,
          selectors: [
            { name: 'Issuer', value: 'a'.repeat(40) },
            { name: 'Subject', value: '*' },
            { name: 'URI', value: URI },
          ],
        },
      },
    );
  it('takes the password that Windows asks for, proves it and forgets it', async () => {
    await start();
    expect(await faultOf(create('admin', 'wrong'))).toBe(invalid);
    expect(await faultOf(create('nobody'))).toBe(invalid);
    expect(await faultOf(create('admin', 'Secret-1', 'http://*/x'))).toBe(invalid);
    await create('admin', 'Secret-1');
    expect(JSON.stringify(agent.settings.current)).not.toContain('Secret-1');
    const read = readItems(
      await ask(agent.http, enumerate, { resource: { resourceUri: uri, selectors: [] } }),
      'object',
    );
    expect(read.items.map((one) => textOf(one.item!))).toEqual([`**${'A'.repeat(40)}admintrue`]);
  });
});
