import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  type AcceptorOptions,
  acceptSecurity,
  type InitiatorOptions,
  initiateSecurity,
  isSpnegoError,
  judgeNtlm,
  ntHash,
} from '../../index.ts';
import { rc4 } from '../crypto/rc4.ts';
import { runLogon } from '../testing/run-logon.ts';
import { encodeAuthenticate, parseAuthenticate } from './authenticate-message.ts';
import { av } from './av-pairs.ts';
import { parseChallenge } from './challenge-message.ts';
import { flag } from './flags.ts';
import { encodeNegotiate } from './negotiate-message.ts';
import { NtlmSession } from './ntlm-session.ts';
import { clientChallenge, prove, responseKey, upperCase } from './ntlmv2.ts';

const hex = (value: Uint8Array) => Buffer.from(value).toString('hex');
const bytes = (text: string) => Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'));
const environment = { now: () => Date.UTC(2026, 10, 21), random: (n: number) => new Uint8Array(randomBytes(n)) };
const server = (more: Partial<AcceptorOptions> = {}, password = 'Pässwörd'): AcceptorOptions => ({
  ...environment,
  ntlm: {
    computerName: 'WEB',
    dnsName: 'web.example.org',
    ntHash: ({ user }) => (user.toLowerCase() === 'zoë' ? ntHash(password) : null),
  },
  ...more,
});
const client = (more: Partial<InitiatorOptions> = {}, user = 'Zoë', domain = ''): InitiatorOptions => ({
  ...environment,
  credentials: [{ kind: 'ntlm', user, domain, ntHash: ntHash('Pässwörd') }],
  ...more,
});
const code = async (work: Promise<unknown> | (() => unknown)) => {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    return isSpnegoError(error) ? error.code : error;
  }
  return 'accepted';
};

describe('the examples of MS-NLMP §4.2', () => {
  const user = 'User';
  const domain = 'Domain';
  const serverChallenge = bytes('0123456789abcdef');
  const pairs = new Map([
    [av.domainName, Uint8Array.from(Buffer.from('Domain', 'utf16le'))],
    [av.computerName, Uint8Array.from(Buffer.from('Server', 'utf16le'))],
  ]);
  it('give the same keys and proofs (§4.2.4)', () => {
    const hash = ntHash('Password');
    expect(hex(hash)).toBe('a4f49c406510bdcab6824ee7c30fd852');
    const key = responseKey(hash, user, domain);
    expect(hex(key)).toBe('0c868a403bfd7a93a3001ef22ef02e3f');
    const temp = clientChallenge(new Uint8Array(8), new Uint8Array(8).fill(0xaa), pairs);
    const { proof, sessionBaseKey } = prove(key, serverChallenge, temp);
    expect(hex(proof)).toBe('68cd0ab851e51c96aabc927bebef6a1c');
    expect(hex(sessionBaseKey)).toBe('8de40ccadbc14a82f15cb0ad0de95ca3');
    expect(hex(rc4(sessionBaseKey, new Uint8Array(16).fill(0x55)))).toBe('c5dad2544fc9799094ce1ce90bc9d03e');
  });
  it('seal the same message in the same way (§4.2.4.4)', () => {
    const flags = flag.keyExchange | flag.key128 | flag.key56 | flag.extendedSessionSecurity | flag.seal | flag.sign;
    const session = new NtlmSession(new Uint8Array(16).fill(0x55), flags, 'initiator');
    const { header, data } = session.seal(Uint8Array.from(Buffer.from('Plaintext', 'utf16le')));
    expect(hex(data)).toBe('54e50165bf1936dc996020c1811b0f06fb5f');
    expect(hex(header)).toBe('010000007fb38ec5c55d497600000000');
  });
});

describe('a logon', () => {
  for (const framing of ['spnego', 'raw'] as const)
    it(`in ${framing} framing gives both sides the same keys, and messages pass sealed both ways`, async () => {
      const acceptor = acceptSecurity(server());
      const initiator = initiateSecurity(client({ framing }, 'zoë', 'CORP'));
      await runLogon(initiator, acceptor);
      expect(acceptor.framing).toBe(framing);
      expect(acceptor.identity).toMatchObject({ user: 'zoë', domain: 'CORP', name: 'CORP\\zoë', mechanism: 'ntlm' });
      expect(hex(initiator.sessionKey())).toBe(hex(acceptor.sessionKey()));
      for (const [from, to] of [
        [initiator, acceptor],
        [acceptor, initiator],
      ] as const)
        for (const size of [0, 1, 5000, 17]) {
          const plain = new Uint8Array(randomBytes(size));
          const sealed = from.seal(plain);
          expect([sealed.header.length, sealed.data.length]).toEqual([16, size]);
          expect(hex(to.open(sealed))).toBe(hex(plain));
          expect(hex(to.unwrap(from.wrap(plain)))).toBe(hex(plain));
          to.verify(plain, from.sign(plain));
        }
    });

  it('is refused with one code for a wrong password and an unknown user, and SPNEGO tells the client', async () => {
    for (const [options, user] of [
      [server({}, 'other'), 'Zoë'],
      [server(), 'nobody'],
      [server(), 'zo'],
    ] as const) {
      const acceptor = acceptSecurity(options);
      const error = await runLogon(initiateSecurity(client({}, user)), acceptor).catch((e: unknown) => e);
      expect(error).toMatchObject({ code: 'spnego.refused' });
      expect(hex((error as { reply: Uint8Array }).reply)).toBe('a1073005a0030a0102');
      expect(acceptor.identity).toBe(null);
      expect(await code(acceptor.step(new Uint8Array(3)))).toBe('spnego.out-of-order');
      expect(await code(() => acceptor.sessionKey())).toBe('spnego.not-ready');
    }
  });

  it('without a user name is refused', async () => {
    expect(await code(runLogon(initiateSecurity(client({}, '')), acceptSecurity(server())))).toBe('spnego.anonymous');
  });

  it('can be judged by somebody else, who gets what a domain controller needs', async () => {
    const hash = ntHash('Pässwörd');
    const options = server({
      ntlm: {
        computerName: 'WEB',
        domainName: 'CORP',
        // Also for whom there is an account here, of another password.
        ntHash: ({ user }) => (user === 'Zoë' ? ntHash('another') : null),
        verify: (attempt) => judgeNtlm(hash, attempt),
      },
    });
    const wrong = server({ ntlm: { computerName: 'WEB', verify: (attempt) => judgeNtlm(ntHash('x'), attempt) } });
    expect(await code(runLogon(initiateSecurity(client({}, 'Zoë')), acceptSecurity(wrong)))).toBe('spnego.refused');
    const [acceptor, initiator] = [acceptSecurity(options), initiateSecurity(client({}, 'Zoë', 'CORP'))];
    await runLogon(initiator, acceptor);
    expect(hex(initiator.sessionKey())).toBe(hex(acceptor.sessionKey()));
  });

  it('without seal cannot seal', async () => {
    const acceptor = acceptSecurity(server());
    await runLogon(initiateSecurity(client({ seal: false })), acceptor);
    expect(acceptor.canSeal).toBe(false);
    expect(await code(() => acceptor.seal(new Uint8Array(1)))).toBe('spnego.not-sealed');
  });
});

describe('channel bindings', () => {
  const binding = Buffer.from('tls-server-end-point:0123456789abcdef0123456789abcdef');
  const other = Buffer.from('tls-server-end-point:fedcba9876543210fedcba9876543210');
  const rows = [
    ['relaxed', binding, 'accepted', true],
    ['relaxed', undefined, 'accepted', false],
    ['relaxed', other, 'spnego.channel-binding', false],
    ['strict', binding, 'accepted', true],
    ['strict', undefined, 'spnego.channel-binding', false],
    ['none', other, 'accepted', false],
  ] as const;
  for (const [channelBindingLevel, channelBinding, verdict, bound] of rows)
    it(`${channelBindingLevel}: a client with ${channelBinding ? (channelBinding === other ? 'another' : 'the same') : 'no'} binding: ${verdict}`, async () => {
      const acceptor = acceptSecurity(server({ channelBinding: binding, channelBindingLevel }));
      expect(await code(runLogon(initiateSecurity(client({ channelBinding })), acceptor))).toBe(verdict);
      expect(acceptor.identity?.channelBound ?? false).toBe(bound);
    });
});

describe('what clients in use do differently', () => {
  const key = (user: string, domain: string) => responseKey(ntHash('Pässwörd'), user, domain);
  /** A client that does as little as possible: no MIC, no version, whatever flags. */
  const bare = async (
    asked: number,
    answered: number,
    more: { domain?: string; key?: boolean; raw?: (m: Uint8Array) => Uint8Array } = {},
  ) => {
    const acceptor = acceptSecurity(server());
    const { token } = await acceptor.step(encodeNegotiate(asked).subarray(0, 32));
    const challenge = parseChallenge(token!);
    const domain = more.domain ?? challenge.targetName;
    const temp = clientChallenge(new Uint8Array(8), new Uint8Array(8), challenge.targetInfo);
    const { proof } = prove(key('Zoë', domain), challenge.serverChallenge, temp);
    const message = encodeAuthenticate({
      flags: answered & (challenge.flags | flag.oem),
      domain,
      user: 'Zoë',
      workstation: '',
      lmResponse: new Uint8Array(24),
      ntResponse: Uint8Array.from([...proof, ...temp]),
      encryptedSessionKey: new Uint8Array(more.key ? 16 : 0),
    });
    await acceptor.step(more.raw ? more.raw(message) : message);
    return acceptor;
  };
  const usual = flag.ntlm | flag.unicode | flag.extendedSessionSecurity;

  it('the challenge’s target as domain, and no sealing', async () => {
    const acceptor = await bare(usual, usual);
    expect(acceptor.identity?.domain).toBe('WEB');
    expect(acceptor.canSeal).toBe(false);
  });
  it('OEM letters', async () => {
    expect((await bare(flag.ntlm | flag.oem, flag.ntlm | flag.oem, { domain: '' })).identity?.name).toBe('Zoë');
  });
  it('Unicode is chosen when a client offers both', async () => {
    const { token } = await acceptSecurity(server()).step(encodeNegotiate(usual | flag.oem));
    expect(parseChallenge(token!).flags & 3).toBe(flag.unicode);
  });
  it('no extended session security: logged on, but no messages can be sealed or signed', async () => {
    const acceptor = await bare(
      flag.ntlm | flag.unicode | flag.sign | flag.seal,
      flag.ntlm | flag.unicode | flag.sign | flag.seal,
    );
    expect(acceptor.canSeal).toBe(false);
    expect(await code(() => acceptor.sign(new Uint8Array(1)))).toBe('spnego.weak');
  });
  it('pywinrm’s first message, as recorded, gets a challenge with all that it asks for, in the OEM letters that it offers alone', async () => {
    const recorded = Buffer.from('TlRMTVNTUAABAAAAMpCI4gAAAAAoAAAAAAAAACgAAAAGAbEdAAAADw==', 'base64');
    const challenge = parseChallenge((await acceptSecurity(server()).step(recorded)).token!);
    const sealed = flag.sign | flag.seal | flag.key128 | flag.keyExchange | flag.extendedSessionSecurity;
    expect((challenge.flags & sealed) >>> 0).toBe(sealed >>> 0);
    expect(challenge.flags & (flag.oem | flag.unicode)).toBe(flag.oem);
  });
  it('40-bit keys count as no sealing', async () => {
    const weak = usual | flag.sign | flag.seal;
    expect((await bare(weak, weak)).canSeal).toBe(false);
  });
  it('NTLMv1 and LM answers are refused', async () => {
    const shorten = (message: Uint8Array) => {
      const copy = message.slice();
      new DataView(copy.buffer).setUint16(20, 24, true);
      return copy;
    };
    expect(await code(bare(usual, usual, { raw: shorten }))).toBe('spnego.weak');
  });
  it('a type 3 first, a type 1 twice, an answer on another connection', async () => {
    const message = encodeAuthenticate({
      flags: usual,
      domain: '',
      user: 'Zoë',
      workstation: '',
      lmResponse: new Uint8Array(24),
      ntResponse: new Uint8Array(60),
      encryptedSessionKey: new Uint8Array(0),
    });
    expect(await code(acceptSecurity(server()).step(message))).toBe('spnego.out-of-order');
    const twice = acceptSecurity(server());
    await twice.step(encodeNegotiate(usual));
    expect(await code(twice.step(encodeNegotiate(usual)))).toBe('spnego.out-of-order');
    const first = acceptSecurity(server());
    const second = acceptSecurity(server());
    const initiator = initiateSecurity(client({ framing: 'raw' }));
    const type1 = (await initiator.step(null)).token!;
    await second.step(type1);
    const type3 = (await initiator.step((await first.step(type1)).token)).token!;
    expect(await code(second.step(type3))).toBe('spnego.refused');
    expect((await first.step(type3)).done).toBe(true);
  });
});

describe('tampering', () => {
  it('with any of the messages is found by the MIC or the proof', async () => {
    for (const which of [0, 1, 2]) {
      const acceptor = acceptSecurity(server());
      const initiator = initiateSecurity(client({ framing: 'raw' }));
      const flip = (n: number, message: Uint8Array, at: number) => {
        const copy = message.slice();
        if (n === which) copy[at]! ^= 0x10;
        return copy;
      };
      const type1 = (await initiator.step(null)).token!;
      // Flags lose `sign`; the challenge's version changes; the answer's flags lose `sign`.
      const type2 = (await acceptor.step(flip(0, type1, 12))).token!;
      const type3 = (await initiator.step(flip(1, type2, 50))).token!;
      expect(await code(acceptor.step(flip(2, type3, 60)))).toBe('spnego.mic');
    }
  });
  it('with sealed messages ends the context', async () => {
    const cases: ((a: Uint8Array, b: Uint8Array) => Uint8Array[])[] = [
      (a) => [a, a],
      (a, b) => [b, a],
      (a) => [a.map((octet, i) => (i === 20 ? octet ^ 1 : octet))],
      (a) => [a.map((octet, i) => (i === 5 ? octet ^ 1 : octet))],
      (a) => [a.subarray(0, 15)],
      () => [new Uint8Array(0)],
    ];
    for (const reorder of cases) {
      const acceptor = acceptSecurity(server());
      const initiator = initiateSecurity(client());
      await runLogon(initiator, acceptor);
      const messages = reorder(initiator.wrap(Buffer.from('first message')), initiator.wrap(Buffer.from('second')));
      expect(await code(() => messages.map((message) => acceptor.unwrap(message)))).toBe('spnego.sealed-message');
      expect(await code(() => acceptor.unwrap(initiator.wrap(new Uint8Array(1))))).toBe('spnego.not-ready');
    }
  });
});

it('names are put in upper case letter by letter', () => {
  expect(upperCase('zoë ß ﬁ')).toBe('ZOË ß ﬁ');
});

it('an AUTHENTICATE_MESSAGE goes there and back', () => {
  const message = {
    flags: flag.unicode,
    domain: 'D',
    user: 'é',
    workstation: 'W',
    lmResponse: bytes('01'),
    ntResponse: bytes('0203'),
    encryptedSessionKey: bytes('04'),
  };
  expect(parseAuthenticate(encodeAuthenticate(message))).toEqual(message);
});
