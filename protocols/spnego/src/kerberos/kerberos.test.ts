import { describe, expect, it } from 'vitest';
import {
  acceptSecurity,
  type InitiatorOptions,
  initiateSecurity,
  memoryReplayCache,
  type SecurityContext,
} from '../../index.ts';
import { codeOf } from '../testing/code-of.ts';
import { runLogon } from '../testing/run-logon.ts';
import { sampleKerberos, type TicketWish } from '../testing/sample-kerberos.ts';
import { environment, sampleAcceptor, sampleInitiator } from '../testing/sample-logons.ts';
import { parseGssChecksum } from './gss-checksum.ts';
import { KerberosSession } from './kerberos-session.ts';
import { parseKeytab } from './parse-keytab.ts';

const hex = (value: Uint8Array) => Buffer.from(value).toString('hex');
const now = environment.now();
const realm = sampleKerberos(now);
const withTicket = (wish: TicketWish = {}, more: Partial<InitiatorOptions> = {}) =>
  initiateSecurity(sampleInitiator([{ kind: 'kerberos', ticket: realm.ticket(wish) }], more));
const server = (more: Parameters<typeof sampleAcceptor>[0] = {}) =>
  acceptSecurity(sampleAcceptor({ kerberos: { keytab: realm.keytab, replayCache: memoryReplayCache() }, ...more }));

function exchangeMessages(initiator: SecurityContext, acceptor: SecurityContext) {
  for (const [from, to] of [
    [initiator, acceptor],
    [acceptor, initiator],
  ] as const)
    for (const size of [0, 1, 16, 3000]) {
      const plain = environment.random(size);
      const sealed = from.seal(plain);
      expect(sealed.data.length).toBe(size);
      expect(hex(to.open(sealed))).toBe(hex(plain));
      expect(hex(to.unwrap(from.wrap(plain)))).toBe(hex(plain));
      to.verify(plain, from.sign(plain));
    }
}

describe('a logon', () => {
  for (const type of [17, 18, 19, 20])
    for (const framing of ['spnego', 'raw'] as const)
      it(`with encryption type ${type}, ${framing}, proves both sides, and messages pass sealed both ways`, async () => {
        const [acceptor, initiator] = [server(), withTicket({ type }, { framing })];
        await runLogon(initiator, acceptor);
        expect(acceptor.identity).toMatchObject({
          user: 'alice',
          domain: 'SAMPLE.TEST',
          name: 'alice@SAMPLE.TEST',
          service: 'HTTP/web@SAMPLE.TEST',
        });
        expect(hex(initiator.sessionKey())).toBe(hex(acceptor.sessionKey()));
        exchangeMessages(initiator, acceptor);
      });

  it('puts 60 octets in front of a message with AES and SHA-1, as WinRM expects', async () => {
    const [acceptor, initiator] = [server(), withTicket()];
    await runLogon(initiator, acceptor);
    const { header, data } = initiator.seal(Buffer.from('hello'));
    expect([header.length, hex(header.subarray(0, 8))]).toEqual([60, '050406ff0000001c']);
    expect(Buffer.from(acceptor.open({ header, data })).toString()).toBe('hello');
  });
});

describe('a ticket is refused', () => {
  const rows: [string, TicketWish, string][] = [
    ['for another service’s key', { service: ['ldap', 'web'], serviceKey: realm.keyOf(18, 2) }, 'spnego.key-missing'],
    ['under an unknown key', { serviceKey: realm.keyOf(18, 77) }, 'spnego.ticket'],
    [
      'of an unknown name and key',
      { service: ['HTTP', 'other'], serviceKey: realm.keyOf(18, 77) },
      'spnego.key-missing',
    ],
    ['that has expired', { endTime: now - 301_000 }, 'spnego.ticket'],
    ['that is not valid yet', { startTime: now + 301_000 }, 'spnego.ticket'],
    ['that is marked invalid', { flags: 0x01000000 }, 'spnego.ticket'],
  ];
  for (const [what, wish, code] of rows)
    it(`${what}: ${code}, and the client is told`, async () => {
      const acceptor = server();
      const error = await acceptor.step((await withTicket(wish, { framing: 'raw' }).step(null)).token).catch((e) => e);
      expect(error).toMatchObject({ code });
      const told = withTicket({}, { framing: 'raw' });
      await told.step(null);
      expect(await codeOf(told.step(error.reply))).toMatch(/^spnego\.(ticket|key-missing)$/);
      const inSpnego = withTicket(wish);
      const reject = await server()
        .step((await inSpnego.step(null)).token)
        .catch((e) => e);
      expect(await codeOf(inSpnego.step(reject.reply))).toMatch(/^spnego\.(ticket|key-missing)$/);
    });
  it('but another spelling of the service, or another version number, is not', async () => {
    for (const wish of [{ service: ['http', 'WEB'] }, { version: 9 }, { service: ['WSMAN', 'web'] }])
      expect(await codeOf(runLogon(withTicket(wish), server()))).toBe('accepted');
  });
});

describe('an authenticator', () => {
  it('from a clock that is off by more than allowed is refused', async () => {
    for (const [off, code] of [
      [299_000, 'accepted'],
      [301_000, 'spnego.clock-skew'],
      [-301_000, 'spnego.clock-skew'],
    ] as const)
      expect(await codeOf(runLogon(withTicket({}, { now: () => now + off }), server()))).toBe(code);
  });
  it('that was presented before is refused, on whatever connection', async () => {
    const replayCache = memoryReplayCache();
    const kerberos = { keytab: realm.keytab, replayCache };
    const { token } = await withTicket().step(null);
    expect(await codeOf(server({ kerberos }).step(token))).toBe('accepted');
    expect(await codeOf(server({ kerberos }).step(token))).toBe('spnego.replay');
  });
  it('of another user’s name is refused', async () => {
    const ticket = { ...realm.ticket({}), client: ['root'] };
    const initiator = initiateSecurity(sampleInitiator([{ kind: 'kerberos', ticket }]));
    expect(await codeOf(runLogon(initiator, server()))).toBe('spnego.ticket');
  });
  it('bound to another channel is refused', async () => {
    const binding = Buffer.from('tls-server-end-point:a');
    const other = Buffer.from('tls-server-end-point:b');
    const strict = { channelBinding: binding, channelBindingLevel: 'strict' } as const;
    expect(await codeOf(runLogon(withTicket({}, { channelBinding: other }), server(strict)))).toBe(
      'spnego.channel-binding',
    );
    expect(await codeOf(runLogon(withTicket(), server(strict)))).toBe('spnego.channel-binding');
    const acceptor = server(strict);
    await runLogon(withTicket({}, { channelBinding: binding }), acceptor);
    expect(acceptor.identity?.channelBound).toBe(true);
  });
});

it('a server that does not have the service’s key is found out', async () => {
  const initiator = withTicket({}, { framing: 'raw' });
  await initiator.step(null);
  const other = withTicket({}, { framing: 'raw' });
  const answer = await server().step((await other.step(null)).token);
  expect(await codeOf(initiator.step(answer.token))).toBe('spnego.mic');
});

it('changed, repeated, reordered and unsealed messages end the context', async () => {
  const cases: ((a: Uint8Array, b: Uint8Array, signed: Uint8Array) => Uint8Array[])[] = [
    (a) => [a, a],
    (a, b) => [b, a],
    ...[0, 2, 4, 6, 9, 20, 65].map((at) => (a: Uint8Array) => [a.map((octet, i) => (i === at ? octet ^ 2 : octet))]),
    (a) => [a.subarray(0, 40)],
    (_a, _b, signed) => [signed],
  ];
  for (const change of cases) {
    const [acceptor, initiator] = [server(), withTicket()];
    await runLogon(initiator, acceptor);
    const messages = change(
      initiator.wrap(Buffer.from('first message')),
      initiator.wrap(Buffer.from('second')),
      initiator.sign(Buffer.from('x')),
    );
    expect(await codeOf(() => messages.map((message) => acceptor.unwrap(message)))).toBe('spnego.sealed-message');
  }
});

it('every rotation of a wrapped message is understood, with and without extra octets', () => {
  const key = { encryptionType: 18, key: realm.keyOf(18, 4) };
  const setup = {
    key,
    acceptorSubkey: true,
    sendSequence: 5,
    receiveSequence: 5,
    dceStyle: false,
    random: environment.random,
  };
  for (let rotation = 0; rotation < 120; rotation += 7) {
    const sender = new KerberosSession({ ...setup, role: 'initiator' });
    const receiver = new KerberosSession({ ...setup, role: 'acceptor' });
    const token = sender.wrap(Buffer.from('some forty octets of text to be rotated..'));
    const body = token.subarray(16);
    const straight = Uint8Array.from([...body.subarray(28), ...body.subarray(0, 28)]);
    const rotated = token.slice();
    const by = rotation % body.length;
    rotated.set(
      Uint8Array.from([...straight.subarray(straight.length - by), ...straight.subarray(0, straight.length - by)]),
      16,
    );
    new DataView(rotated.buffer).setUint16(6, rotation);
    expect(Buffer.from(receiver.unwrap(rotated)).toString()).toBe('some forty octets of text to be rotated..');
  }
});

it('numbers of a peer that asked for no order begin anywhere, and then go on', () => {
  const key = { encryptionType: 18, key: realm.keyOf(18, 4) };
  const setup = { key, acceptorSubkey: true, sendSequence: 0, dceStyle: false, random: environment.random };
  const sender = new KerberosSession({ ...setup, role: 'initiator', receiveSequence: 0 });
  const [first, second, third] = ['a', 'b', 'c'].map((text) => sender.wrap(Buffer.from(text))) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const strict = new KerberosSession({ ...setup, role: 'acceptor', receiveSequence: 7 });
  expect(() => strict.unwrap(first)).toThrow('not the next one');
  const lenient = new KerberosSession({ ...setup, role: 'acceptor', receiveSequence: null });
  expect(Buffer.from(lenient.unwrap(first)).toString()).toBe('a');
  expect(() => lenient.unwrap(first)).toThrow('not the next one');
  expect(() => lenient.unwrap(third)).toThrow('not the next one');
  expect(Buffer.from(lenient.unwrap(second)).toString()).toBe('b');
});

it('the delegated ticket of a client is handed on', () => {
  const value = Buffer.from(`10000000${'00'.repeat(16)}0100000001000300aabbcc`, 'hex');
  expect(parseGssChecksum(value)).toMatchObject({ flags: 1, delegated: Uint8Array.of(0xaa, 0xbb, 0xcc) });
});

it('a full replay cache refuses rather than forgets, and forgets what has expired', () => {
  const cache = memoryReplayCache(2);
  const digest = (n: number) => new Uint8Array(32).fill(n);
  expect(cache.add(digest(1), 1000, 0)).toBe(true);
  expect(cache.add(digest(1), 1000, 10)).toBe(false);
  expect(cache.add(digest(2), 2000, 10)).toBe(true);
  expect(cache.add(digest(3), 2000, 20)).toBe(false);
  expect(cache.add(digest(3), 70_000, 61_000)).toBe(true);
  expect(cache.add(digest(1), 70_000, 61_000)).toBe(true);
});

it('a keytab’s holes and short entries are read', () => {
  const entry = `0001 0006 53414d504c45 0003 776562 00000001 00000000 02 0011 0010 ${'11'.repeat(16)}`;
  const record = Buffer.from(entry.replaceAll(' ', ''), 'hex');
  const size = (n: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(n);
    return bytes;
  };
  const file = Buffer.concat([
    Buffer.from([5, 2]),
    size(-7),
    Buffer.alloc(7),
    size(record.length),
    record,
    size(record.length + 4),
    record,
    size(259),
  ]);
  expect(parseKeytab(file).entries.map((one) => [one.name, one.realm, one.version, one.encryptionType])).toEqual([
    [['web'], 'SAMPLE', 2, 17],
    [['web'], 'SAMPLE', 259, 17],
  ]);
});
