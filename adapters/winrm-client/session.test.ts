import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { commandShell } from '@atelier/adapters/command-shell';
import { sampleUri, startTestAgent, type TestAgent } from '@atelier/adapters/wsman-listener/testing';
import { ntHash } from '@atelier/spnego';
import { element, ns, parseXml, readRequest, selectorValue, type WsmanRequest, writeResponse } from '@atelier/wsman';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ConnectionOptions,
  propertiesOf,
  resourceLocator,
  Session,
  withFragment,
  withOption,
  withSelector,
} from './index.ts';

let agent: TestAgent;
beforeAll(async () => {
  agent = await startTestAgent({
    service: { AllowUnencrypted: false },
    shells: [commandShell()],
    accounts: { ntHash: async (name) => (name.toLowerCase() === 'admin' ? ntHash('Secret-1') : null) },
  });
});
afterAll(() => agent.stop());

const thing = withSelector(resourceLocator(sampleUri), 'Name', 'thing3');
const password = { user: 'admin', password: 'Secret-1' };
const blind = { skipAuthority: true, skipName: true };
const modes: Readonly<Record<string, () => ConnectionOptions>> = {
  'Basic over HTTPS': () => ({ url: agent.https, credentials: { kind: 'basic', ...password }, trust: blind }),
  'Negotiate over HTTP, sealed': () => ({ url: agent.http, credentials: { kind: 'negotiate', ...password } }),
  'Negotiate over HTTPS': () => ({ url: agent.https, credentials: { kind: 'negotiate', ...password }, trust: blind }),
  'Negotiate over HTTP in UTF-16': () => ({
    url: agent.http,
    credentials: { kind: 'negotiate', ...password },
    encoding: 'utf-16',
  }),
};

async function withSession<T>(options: ConnectionOptions, work: (session: Session) => Promise<T>): Promise<T> {
  const session = new Session(options);
  try {
    return await work(session);
  } finally {
    session.close();
  }
}

const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const one of items) found.push(one);
  return found;
};

describe.each(Object.keys(modes))('a session by %s', (mode) => {
  const session = <T>(work: (session: Session) => Promise<T>) => withSession(modes[mode]!(), work);

  it('identifies, gets, puts, invokes', () =>
    session(async (one) => {
      expect((await one.identify()).productVendor).toBe('Atelier');
      expect(propertiesOf(await one.get(thing))).toMatchObject({ Name: 'thing3' });
      const size = withFragment(thing, 'Size/text()');
      await one.putFragment(size, 'ü 7');
      expect(await one.getFragment(size)).toEqual(['ü 7']);
      const output = await one.invoke('Echo', thing, { A: 1, B: ['x', 'y'], C: null, D: true });
      expect(propertiesOf(output)).toEqual({ Echo_INPUT: { A: '1', B: ['x', 'y'], C: null, D: 'true' } });
    }));

  it('enumerates by batches, as objects, references or both', () =>
    session(async (one) => {
      expect(await all(one.enumerate(sampleUri, { batchItems: 7 }))).toHaveLength(20);
      const references = await all(one.enumerateReferences(sampleUri, { batchItems: 7 }));
      expect(references.map((each) => selectorValue(each, 'Name'))).toContain('thing19');
      const both = await all(one.enumerateBoth(sampleUri, { batchItems: 20 }));
      expect(both).toHaveLength(20);
      expect(propertiesOf(both[3]!.item).Name).toBe(selectorValue(both[3]!.reference, 'Name'));
    }));

  it('runs commands, with input, errors and exit codes', () =>
    session(async (one) => {
      await using shell = await one.shell({ environment: { GREETING: 'grüß' }, workingDirectory: '/' });
      const { stdout, stderr, exitCode } = await shell.run('cat; echo $GREETING; pwd; echo bad >&2; exit 3', [], {
        input: 'hello\n',
      });
      expect([stdout.toString(), stderr.toString(), exitCode]).toEqual(['hello\ngrüß\n/\n', 'bad\n', 3]);
    }));
});

describe('a session', () => {
  const session = <T>(work: (session: Session) => Promise<T>, more: Partial<ConnectionOptions> = {}) =>
    withSession({ ...modes['Basic over HTTPS']!(), ...more }, work);

  it('throws the faults of the host', () =>
    session(async (one) => {
      const missing = withSelector(thing, 'Name', 'nothing');
      await expect(one.get(missing)).rejects.toMatchObject({
        body: { number: 2150858843, detail: 'UnexpectedSelectors' },
      });
      await expect(one.get('wmicimv2/Nothing')).rejects.toMatchObject({
        body: { subcode: 'wsa:DestinationUnreachable' },
      });
      await expect(one.invoke('Nothing', thing)).rejects.toMatchObject({ body: { subcode: 'wsa:ActionNotSupported' } });
      const french = one.get(missing, { locale: 'fr-FR' });
      await expect(french).rejects.toMatchObject({ body: { reason: expect.stringMatching(/sélecteurs/) } });
      await expect(one.get(withOption(thing, 'Unknown', '1', true))).rejects.toMatchObject({
        body: { detail: 'NotSupported' },
      });
    }));

  it('releases an enumeration that is left early, and goes on with other calls meanwhile', () =>
    session(async (one) => {
      let count = 0;
      for await (const item of one.enumerate(sampleUri, { batchItems: 3 })) {
        expect(await one.get(withSelector(thing, 'Name', String(propertiesOf(item).Name)))).toMatchObject({
          name: 'Sample_Thing',
        });
        if (++count === 5) break;
      }
      expect(count).toBe(5);
    }));

  it('ends an operation at its time-out, and a call that is cancelled at once', () =>
    session(async (one) => {
      await expect(one.invoke('Wait', thing, null, { timeout: 300 })).rejects.toMatchObject({
        body: { number: 2150858793 },
      });
      const stop = new AbortController();
      const waiting = one.invoke('Wait', thing, null, { signal: stop.signal });
      setTimeout(() => stop.abort(new Error('enough')), 50);
      await expect(waiting).rejects.toThrow('enough');
      expect(await one.get(thing)).toMatchObject({ name: 'Sample_Thing' });
    }));

  it('interrupts a command', () =>
    session(async (one) => {
      await using shell = await one.shell();
      const command = await shell.command('trap "echo caught; exit 9" INT; echo ready; while :; do sleep 0.05; done');
      let said = '';
      for await (const piece of command.stdout) {
        said += String(piece);
        if (said === 'ready\n') await command.signal('ctrl_c');
      }
      expect([said, await command.exitCode]).toEqual(['ready\ncaught\n', 9]);
    }));

  it('carries megabytes both ways, and holds a command back that nobody reads', () =>
    session(async (one) => {
      await using shell = await one.shell();
      const { stdout } = await shell.run('wc -c; head -c 3000000 /dev/zero', [], {
        input: Buffer.alloc(1_000_000, 'x'),
      });
      expect(stdout.length).toBe(3_000_000 + '1000000\n'.length);
      await expect(shell.run('yes', [], { input: '', mostOutput: 100_000 })).rejects.toThrow('more than 100000 bytes');
    }));

  it('reads and writes the configuration of the host', () =>
    session(async (one) => {
      const config = propertiesOf(await one.get('winrm/config'));
      expect(config).toMatchObject({ MaxTimeoutms: '60000', Service: { Auth: { Basic: 'true' } } });
      const listeners = await all(one.enumerate('winrm/config/listener'));
      expect(listeners.map((each) => propertiesOf(each).Transport).sort()).toEqual(['HTTP', 'HTTPS']);
    }));

  it('believes a pinned certificate, and no other', async () => {
    const fingerprint = new X509Certificate(agent.tls.cert).fingerprint256;
    const authorities = agent.tls.cert;
    const get = (trust: ConnectionOptions['trust']) => session((one) => one.get(thing), { trust });
    await expect(get({ fingerprint })).resolves.toMatchObject({ name: 'Sample_Thing' });
    await expect(get({ authorities })).resolves.toMatchObject({ name: 'Sample_Thing' });
    await expect(get({ fingerprint: fingerprint.replace(/^../, '00') })).rejects.toMatchObject({
      code: 'winrm.certificate',
    });
    await expect(get({})).rejects.toMatchObject({ code: 'winrm.certificate' });
  });

  it('refuses what would travel in clear, wrong passwords, and hosts that are not there', async () => {
    const get = (options: ConnectionOptions) => withSession(options, (one) => one.get(thing));
    const basic = { kind: 'basic', ...password } as const;
    await expect(get({ url: agent.http, credentials: basic })).rejects.toMatchObject({ code: 'winrm.unencrypted' });
    const wrong = { user: 'admin', password: 'no' };
    for (const kind of ['basic', 'negotiate'] as const)
      await expect(get({ url: agent.https, credentials: { kind, ...wrong }, trust: blind })).rejects.toThrow();
    await expect(get({ url: 'http://127.0.0.1:1', credentials: { kind: 'none' } })).rejects.toMatchObject({
      code: 'winrm.unreachable',
    });
    const anonymous: ConnectionOptions = { url: agent.http, credentials: { kind: 'none' } };
    expect((await withSession(anonymous, (one) => one.identify())).productVersion).toBe('OS: 0.0.0 SP: 0.0 Stack: 3.0');
  });

  it('draws events until it has enough, then unsubscribes', () =>
    session(async (one) => {
      const found: string[] = [];
      for await (const event of one.subscribe(sampleUri, { bookmark: 'earliest', timeout: 2000 })) {
        found.push(event.name);
        if (found.length === 3) break;
      }
      expect(found).toHaveLength(3);
      const stop = new AbortController();
      const waiting = all(one.subscribe(sampleUri, { signal: stop.signal, filter: 'x', dialect: 'urn:none' }));
      await expect(waiting).rejects.toMatchObject({ body: { subcode: expect.stringMatching(/^wse/) } });
    }));

  it('has events pushed to a collector, renews and ends that', () =>
    session(async (one) => {
      const got: WsmanRequest[] = [];
      const sink = createServer(async (request, response) => {
        const pieces: Buffer[] = [];
        for await (const piece of request) pieces.push(piece as Buffer);
        const message = readRequest(Buffer.concat(pieces));
        got.push(message);
        response.end(writeResponse(message.headers, { kind: 'ack' }, { messageId: 'uuid:1' }));
      });
      await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
      try {
        const parameters = [element(ns.eventing, 'Identifier', null, 'mine')];
        const notifyTo = { address: `http://127.0.0.1:${(sink.address() as AddressInfo).port}/`, parameters };
        const subscription = await one.subscribePush(sampleUri, {
          notifyTo,
          mode: 'events',
          maxElements: 5,
          maxTime: 50,
        });
        const events = () => got.flatMap((each) => (each.kind === 'events' ? each.events : []));
        await expect.poll(() => events().length).toBe(20);
        expect(got.every((each) => each.headers.identifier === 'mine')).toBe(true);
        expect(await subscription.renew(30_000)).toBe(30_000);
        await subscription.unsubscribe();
        await expect(subscription.unsubscribe()).rejects.toMatchObject({ body: { subcode: 'wse:InvalidMessage' } });
      } finally {
        sink.closeAllConnections();
        sink.close();
      }
    }));

  it('creates with a body of its own, and says what is not possible', () =>
    session(async (one) => {
      await expect(one.create(sampleUri, { Name: 'x' })).rejects.toMatchObject({
        body: { subcode: 'wsa:ActionNotSupported' },
      });
      await expect(one.put(thing, parseXml('<x/>'))).resolves.toMatchObject({ name: 'Sample_Thing' });
      await expect(one.get('nothing at all')).rejects.toMatchObject({ code: 'winrm.request' });
      await one.delete(thing);
    }));
});
