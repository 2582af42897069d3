import { element, readCreated, readFragment, readIdentity, readItems, textOf, type WsmanFault } from '@atelier/wsman';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, post, sampleProvider, sampleUri, startTestAgent, type TestAgent } from './testing/index.ts';

const things = 45;
let agent: TestAgent;
beforeAll(async () => {
  agent = await startTestAgent({
    providers: [sampleProvider(things)],
    people: { admin: 'Secret-1', guest: 'Secret-2' },
    administrators: ['admin'],
  });
});
afterAll(() => agent.stop());

const thing = (name: string) => ({ resource: { resourceUri: sampleUri, selectors: [{ name: 'Name', value: name }] } });
const all = { resource: { resourceUri: sampleUri, selectors: [] } };
const faultOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no fault',
    (error: WsmanFault) => error.body?.number ?? error.message,
  );
const enumerate = (wishes = {}) =>
  ({
    kind: 'enumerate',
    filter: null,
    mode: 'object',
    polymorphism: null,
    optimize: true,
    maxElements: 20,
    expires: null,
    ...wishes,
  }) as const;
const pull = (context: string, wishes = {}) =>
  ({ kind: 'pull', context, maxElements: 20, maxCharacters: null, maxTime: null, ...wishes }) as const;

describe('Identify', () => {
  const identify =
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><i:Identify xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"/></s:Body></s:Envelope>';
  it('tells a user the version', async () => {
    const known = readIdentity(await ask(agent.http, { kind: 'identify' }));
    expect(known.productVersion).toMatch(/^OS: \d.* Stack: 3.0 Atelier: 0.0.0-test$/);
  });
  it('tells nobody else', async () => {
    const init = {
      method: 'POST',
      body: identify,
      headers: { 'Content-Type': 'application/soap+xml', WSMANIDENTIFY: 'unauthenticated' },
    };
    const text = await (await fetch(agent.http, init)).text();
    expect(text).toContain('OS: 0.0.0 SP: 0.0 Stack: 3.0');
    expect((await post(agent.http, identify, '')).status).toBe(401);
  });
});

describe('a resource', () => {
  it('is read, changed in part, called, and gone', async () => {
    const got = await ask(agent.http, { kind: 'get' }, thing('thing3'));
    expect(textOf(got.body[0]!)).toBe('thing31');
    const fragment = {
      ...thing('thing3'),
      fragment: { dialect: 'http://www.w3.org/TR/1999/REC-xpath-19991116', path: 'Size' },
    };
    const part = readFragment(await ask(agent.http, { kind: 'get' }, fragment));
    expect(part).toHaveLength(1);
    const echo = await ask(agent.http, { kind: 'invoke', method: 'Echo', input: null }, thing('thing3'));
    expect(echo.body[0]!.name).toBe('Echo_OUTPUT');
    await ask(agent.http, { kind: 'delete' }, thing('thing3'));
  });
  it('has faults of its own', async () => {
    expect(await faultOf(ask(agent.http, { kind: 'get' }, thing('nothing')))).toBe(2150858843);
    expect(await faultOf(ask(agent.http, { kind: 'get' }, all))).toBe(2150858842);
    expect(await faultOf(ask(agent.http, { kind: 'create', body: null }, all))).toBe(2150858771);
    const nowhere = { resource: { resourceUri: 'http://example.org/nowhere', selectors: [] } };
    expect(await faultOf(ask(agent.http, { kind: 'get' }, nowhere))).toBe(2150858752);
    const option = { options: [{ name: 'Unknown', value: '1', mustComply: true }] };
    expect(await faultOf(ask(agent.http, { kind: 'get' }, { ...thing('thing1'), ...option }))).toBe(2150858833);
  });
  it('times out when the client said so', async () => {
    const started = performance.now();
    const work = ask(
      agent.http,
      { kind: 'invoke', method: 'Wait', input: null },
      { ...thing('thing3'), operationTimeout: 100 },
    );
    expect(await faultOf(work)).toBe(2150858793);
    expect(performance.now() - started).toBeLessThan(5000);
  });
  it('says that it has done what cannot be told in so small an answer', async () => {
    const input = element(sampleUri, 'Echo_INPUT', null, 'x'.repeat(9000));
    const small = { ...thing('thing3'), maxEnvelopeSize: 8192 };
    expect(await faultOf(ask(agent.http, { kind: 'invoke', method: 'Echo', input }, small))).toBe(2150858829);
  });
  it('is denied to who is no administrator, and to who knows no password', async () => {
    expect(
      await faultOf(ask(agent.http, { kind: 'get' }, { ...thing('thing1'), user: 'guest', password: 'Secret-2' })),
    ).toBe(5);
    expect(agent.records).toContainEqual(expect.objectContaining({ kind: 'denied', user: 'guest', verb: 'get' }));
    for (const [user, password] of [
      ['admin', 'wrong'],
      ['adm', 'Secret-1'],
      ['', 'Secret-1'],
      ['admin', ''],
    ] as const)
      expect(await faultOf(ask(agent.http, { kind: 'get' }, { ...thing('thing1'), user, password }))).toBe(
        'status 401',
      );
  });
});

describe('an enumeration', () => {
  it('comes by pages, to the end', async () => {
    let read = readItems(await ask(agent.http, enumerate(), all), 'object');
    let count = read.items.length;
    expect(count).toBe(20);
    while (read.context !== null) {
      read = readItems(await ask(agent.http, pull(read.context), all), 'object');
      count += read.items.length;
    }
    expect(count).toBe(things);
  });
  it('ends with its last page when that is exactly full, and leaves nothing open', async () => {
    const whole = readItems(await ask(agent.http, enumerate({ maxElements: things }), all), 'object');
    expect([whole.items.length, whole.context]).toEqual([things, null]);
    let read = readItems(await ask(agent.http, enumerate({ maxElements: 15 }), all), 'object');
    const pages = [read.items.length];
    let { context } = read;
    while (read.context !== null) {
      context = read.context;
      read = readItems(await ask(agent.http, pull(read.context, { maxElements: 15 }), all), 'object');
      pages.push(read.items.length);
    }
    expect(pages).toEqual([15, 15, 15]);
    expect(await faultOf(ask(agent.http, pull(context!), all))).toBe(2150858779);
  });
  it('gives references, and both', async () => {
    for (const mode of ['epr', 'object-and-epr'] as const) {
      const { items } = readItems(await ask(agent.http, enumerate({ mode, maxElements: 5 }), all), mode);
      expect(items.map((one) => one.reference?.selectors[0]?.value)).toEqual([
        'thing0',
        'thing1',
        'thing2',
        'thing3',
        'thing4',
      ]);
    }
  });
  it('fits the envelope that the client takes', async () => {
    const headers = { ...all, maxEnvelopeSize: 8192 };
    const read = readItems(await ask(agent.http, enumerate({ maxElements: 1000 }), headers), 'object');
    expect(read.items.length).toBeLessThan(things);
    expect(read.context).not.toBeNull();
  });
  it('belongs to its user, can be released, and is gone then', async () => {
    const { context } = readItems(await ask(agent.http, enumerate(), all), 'object');
    expect(await faultOf(ask(agent.http, pull(context!), { ...all, user: 'guest', password: 'Secret-2' }))).toBe(
      2150858779,
    );
    await ask(agent.http, { kind: 'release', context: context! }, all);
    expect(await faultOf(ask(agent.http, pull(context!), all))).toBe(2150858779);
  });
  it('is filtered by selectors', async () => {
    const body = '<w:Selector Name="Name">thing7</w:Selector>';
    const text = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration"><s:Header><a:To>x</a:To><a:Action>http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate</a:Action><a:MessageID>uuid:1</a:MessageID><w:ResourceURI>${sampleUri}</w:ResourceURI></s:Header><s:Body><n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>10</w:MaxElements><w:Filter Dialect="http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter"><w:SelectorSet>${body}</w:SelectorSet></w:Filter></n:Enumerate></s:Body></s:Envelope>`;
    const answer = await (await post(agent.http, text)).text();
    expect(answer).toContain('thing7');
    expect(answer).not.toContain('thing8');
  });
  it('does not live for ever, and there are not any number of them', async () => {
    const other = await startTestAgent({ transports: ['HTTP'], service: { EnumerationTimeoutms: 500 } });
    const { context } = readItems(await ask(other.http, enumerate({ maxElements: 1 }), all), 'object');
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await faultOf(ask(other.http, pull(context!), all))).toBe(2150858779);
    await other.settings.update((now) => ({
      ...now,
      config: { ...now.config, Service: { ...now.config.Service, EnumerationTimeoutms: 60_000 } },
    }));
    const results = new Set<unknown>();
    for (let n = 0; n < 502; n++) results.add(await faultOf(ask(other.http, enumerate({ optimize: false }), all)));
    expect([...results]).toEqual(['no fault', 2150858815]);
    await other.stop();
  });
});

describe('somebody who cannot be asked for', () => {
  it('is no reason to hang up without a word', async () => {
    const checkPassword = () => Promise.reject(new Error('nobody can be asked'));
    const other = await startTestAgent({ transports: ['HTTP'], accounts: { checkPassword } });
    expect(await post(other.http, '').then((answer) => answer.status)).toBe(500);
    expect(other.records.map((one) => one.kind)).toEqual(['failure']);
    await other.stop();
  });
});

describe('the configuration', () => {
  const config = (rest = '') => ({
    resource: { resourceUri: `http://schemas.microsoft.com/wbem/wsman/1/config${rest}`, selectors: [] },
  });
  it('is read as Windows shows it', async () => {
    const { body } = await ask(agent.http, { kind: 'get' }, config());
    expect(body[0]!.children.map((one) => (typeof one === 'string' ? one : one.name))).toEqual([
      'MaxEnvelopeSizekb',
      'MaxTimeoutms',
      'MaxBatchItems',
      'MaxProviderRequests',
      'Client',
      'Service',
      'Winrs',
    ]);
  });
  it('is changed in part, at once, and is recorded', async () => {
    const body = (text: string) => ({
      ns: 'http://schemas.microsoft.com/wbem/wsman/1/config',
      name: 'Winrs',
      attributes: [],
      children: [
        {
          ns: 'http://schemas.microsoft.com/wbem/wsman/1/config',
          name: 'MaxShellsPerUser',
          attributes: [],
          children: [text],
        },
      ],
    });
    await ask(agent.http, { kind: 'put', body: body('7') }, config('/Winrs'));
    expect(agent.settings.current.config.Winrs.MaxShellsPerUser).toBe(7);
    expect(agent.settings.current.config.Winrs.IdleTimeout).toBe(7_200_000);
    expect(await faultOf(ask(agent.http, { kind: 'put', body: body('-1') }, config('/winrs')))).toBe(2150858838);
    expect(agent.records).toContainEqual(expect.objectContaining({ kind: 'config-changed', user: 'admin' }));
  });
  it('has listeners that come and go', async () => {
    const name = (transport: string) => ({
      resource: {
        resourceUri: 'http://schemas.microsoft.com/wbem/wsman/1/config/Listener',
        selectors: [
          { name: 'Address', value: '127.0.0.2' },
          { name: 'Transport', value: transport },
        ],
      },
    });
    const body = {
      ns: 'http://schemas.microsoft.com/wbem/wsman/1/config',
      name: 'Listener',
      attributes: [],
      children: [
        { ns: 'http://schemas.microsoft.com/wbem/wsman/1/config', name: 'Port', attributes: [], children: ['45985'] },
      ],
    };
    const created = readCreated(await ask(agent.http, { kind: 'create', body }, name('HTTP')));
    expect(created.selectors.map((one) => one.value)).toEqual(['127.0.0.2', 'HTTP']);
    expect(await faultOf(ask(agent.http, { kind: 'create', body }, name('HTTP')))).toBe(2150858803);
    const there = () =>
      ask('http://127.0.0.2:45985/wsman', { kind: 'identify' }).then(
        () => true,
        () => false,
      );
    await expect.poll(there).toBe(true);
    await ask(agent.http, { kind: 'delete' }, name('HTTP'));
    await expect.poll(there).toBe(false);
    expect(await faultOf(ask(agent.http, { kind: 'get' }, name('HTTP')))).toBe(2150858843);
  });
});
