import { describe, expect, it } from 'vitest';
import {
  acceptCredSsp,
  type CredSspAcceptorOptions,
  type CredSspInitiatorOptions,
  initiateCredSsp,
} from '../../index.ts';
import { codeOf } from '../testing/code-of.ts';
import { kerberosCredentials, ntlmCredentials, sampleAcceptor, sampleInitiator } from '../testing/sample-logons.ts';
import { encodeTsCredentials, parseTsCredentials } from './ts-credentials.ts';
import { encodeTsRequest, parseTsRequest } from './ts-request.ts';

const publicKey = Uint8Array.from({ length: 270 }, (_, i) => (i * 3) & 255);
const delegate = { domain: 'CORP', user: 'zoë', password: 'geheim§' };
const client = (more: Partial<CredSspInitiatorOptions> = {}) =>
  initiateCredSsp({ ...sampleInitiator(), publicKey, delegate, ...more });
const server = (more: Partial<CredSspAcceptorOptions> = {}) =>
  acceptCredSsp({ ...sampleAcceptor(), publicKey, ...more });

/** Passes messages, each changed by `change`, in slices of `slice` octets. */
async function run(
  initiator: ReturnType<typeof client>,
  acceptor: ReturnType<typeof server>,
  { change = (message: Uint8Array) => message, slice = 1e9, tail = new Uint8Array(0) } = {},
) {
  let token = (await initiator.push(null)).token;
  for (let n = 0; token && n < 10; n++) {
    const bytes = change(token);
    const sent = initiator.done ? Uint8Array.from([...bytes, ...tail]) : bytes;
    let answer: Uint8Array | null = null;
    for (let at = 0; at < sent.length && !acceptor.done; at += slice)
      answer = (await acceptor.push(sent.subarray(at, at + slice))).token ?? answer;
    if (acceptor.done) return;
    token = answer && (await initiator.push(change(answer))).token;
  }
}

describe('a logon by CredSSP', () => {
  for (const [name, credentials, framing] of [
    ['NTLM alone', ntlmCredentials, 'raw'],
    ['NTLM in SPNEGO', ntlmCredentials, 'spnego'],
    ['Kerberos', kerberosCredentials, 'spnego'],
  ] as const)
    it(`with ${name} hands the password over`, async () => {
      const [initiator, acceptor] = [client({ credentials: [credentials], framing }), server()];
      await run(initiator, acceptor);
      expect([initiator.done, acceptor.done, acceptor.version]).toEqual([true, true, 6]);
      expect(acceptor.credentials).toEqual(delegate);
      expect(acceptor.identity?.user).toBe(name === 'Kerberos' ? 'alice' : 'zoë');
    });
  for (const version of [2, 3, 4, 5])
    it(`in version ${version} works where both allow it, and is refused by each side below 5`, async () => {
      const change = (message: Uint8Array) => encodeTsRequest({ ...parseTsRequest(message), version });
      const minimumVersion = 2 as const;
      const [initiator, acceptor] = [client({ minimumVersion }), server({ minimumVersion })];
      await run(initiator, acceptor, { change });
      expect([acceptor.credentials?.password, acceptor.version]).toEqual(['geheim§', version]);
      const verdict = version < 5 ? 'spnego.credssp' : 'accepted';
      expect(await codeOf(run(client({ minimumVersion }), server(), { change }))).toBe(verdict);
      expect(await codeOf(run(client(), server({ minimumVersion }), { change }))).toBe(verdict);
    });
  it('takes two messages at once', async () => {
    const [initiator, acceptor] = [client({ framing: 'raw' }), server()];
    const hello = (await initiator.push(null)).token!;
    const answer = (await acceptor.push(hello)).token!;
    const proof = (await initiator.push(answer)).token!;
    const shown = (await acceptor.push(proof)).token!;
    const last = (await initiator.push(shown)).token!;
    const late = server();
    expect(await codeOf(late.push(Uint8Array.from([...hello, ...proof])))).toBe('spnego.refused');
    expect((await acceptor.push(Uint8Array.from([...last, ...last]))).done).toBe(true);
    expect(acceptor.surplus()).toEqual(last);
  });
  it('takes messages in slices, and leaves what follows them', async () => {
    const acceptor = server();
    await run(client(), acceptor, { slice: 1000, tail: Uint8Array.of(3, 0, 0, 7) });
    expect([acceptor.done, acceptor.surplus()]).toEqual([true, Uint8Array.of(3, 0, 0, 7)]);
    const bitwise = server();
    await run(client(), bitwise, { slice: 7 });
    expect(bitwise.credentials).toEqual(delegate);
  });
});

describe('it is refused', () => {
  it('when the two see different public keys: somebody is in between', async () => {
    expect(await codeOf(run(client({ publicKey: publicKey.toReversed() }), server()))).toBe('spnego.credssp');
  });
  it('with a wrong password, and the client gets STATUS_LOGON_FAILURE in four octets', async () => {
    const initiator = client({ credentials: [{ ...ntlmCredentials, ntHash: new Uint8Array(16) }] });
    const error = await run(initiator, server()).catch((e) => e);
    expect(error).toMatchObject({ code: 'spnego.refused' });
    expect(Buffer.from(error.reply).toString('hex')).toContain('a4060204c000006d');
    expect(await codeOf(initiator.push(error.reply))).toBe('spnego.refused');
  });
  it('when a message is changed, too long, none at all, or comes after the end', async () => {
    for (const at of [60, 100, 200]) {
      const flip = (message: Uint8Array) => message.map((octet, i) => (i === at ? octet ^ 1 : octet));
      const verdict = await codeOf(run(client(), server(), { change: flip }));
      expect(String(verdict)).toMatch(/^spnego\./);
    }
    expect(await codeOf(server().push(Uint8Array.of(0x30, 0x84, 1, 0, 0, 0)))).toBe('spnego.malformed');
    expect(await codeOf(server().push(Buffer.from('GET / HTTP/1.1')))).toBe('spnego.malformed');
    const acceptor = server();
    await run(client(), acceptor);
    expect(await codeOf(acceptor.push(new Uint8Array(1)))).toBe('spnego.out-of-order');
  });
});

/** All messages of a good logon, in order, with what made them. */
async function recorded() {
  const [initiator, acceptor] = [client({ framing: 'raw' }), server()];
  const hello = (await initiator.push(null)).token!;
  const challenge = (await acceptor.push(hello)).token!;
  const proof = (await initiator.push(challenge)).token!;
  const shown = (await acceptor.push(proof)).token!;
  const last = (await initiator.push(shown)).token!;
  await acceptor.push(last);
  return { hello, challenge, proof, shown, last };
}

describe('legs that come when they are not due', () => {
  it('are refused by the acceptor, which is dead then', async () => {
    const { hello, proof, last } = await recorded();
    for (const [legs, code] of [
      [[proof], 'spnego.malformed|spnego.out-of-order|spnego.refused'],
      [[last], 'spnego.out-of-order'],
      [[hello, last], 'spnego.out-of-order'],
      [[hello, hello], 'spnego.malformed|spnego.out-of-order|spnego.refused'],
      [[encodeTsRequest({ version: 6 })], 'spnego.out-of-order'],
      [[encodeTsRequest({ version: 6, pubKeyAuth: new Uint8Array(32) })], 'spnego.out-of-order'],
    ] as const) {
      const acceptor = server();
      const push = async () => {
        for (const leg of legs) await acceptor.push(leg);
      };
      expect(String(await codeOf(push()))).toMatch(new RegExp(`^(${code})$`));
      expect([acceptor.identity, acceptor.credentials]).toEqual([null, null]);
      expect(await codeOf(acceptor.push(hello))).toBe('spnego.out-of-order');
    }
  });
  it('of another logon are worth nothing', async () => {
    const other = await recorded();
    const initiator = client({ framing: 'raw' });
    const acceptor = server();
    const challenge = (await acceptor.push((await initiator.push(null)).token!)).token!;
    const proof = (await initiator.push(challenge)).token!;
    // The acceptor gets the proof of the other logon; the initiator what the other server showed.
    const late = server();
    await late.push(other.hello);
    expect(await codeOf(late.push(other.proof))).toBe('spnego.refused');
    expect(await codeOf(initiator.push(other.shown))).toMatch(/^spnego\./);
    await acceptor.push(proof);
    expect(await codeOf(acceptor.push(other.last))).toBe('spnego.sealed-message');
    expect(acceptor.credentials).toBeNull();
  });
  it('twice are refused: the proof of the key where the password is due', async () => {
    const initiator = client({ framing: 'raw' });
    const acceptor = server();
    const challenge = (await acceptor.push((await initiator.push(null)).token!)).token!;
    const proof = (await initiator.push(challenge)).token!;
    await acceptor.push(proof);
    expect(await codeOf(acceptor.push(proof))).toBe('spnego.out-of-order');
  });
  it('are refused by the initiator, which hands over nothing', async () => {
    const { shown, challenge } = await recorded();
    for (const answer of [
      shown,
      encodeTsRequest({ version: 6 }),
      encodeTsRequest({ version: 6, pubKeyAuth: new Uint8Array(32) }),
      encodeTsRequest({ version: 6, errorCode: 0xc0000022 }),
      Buffer.from('HTTP/1.1 200 OK'),
      Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff),
    ]) {
      const initiator = client({ framing: 'raw' });
      await initiator.push(null);
      expect(await codeOf(initiator.push(answer))).toMatch(/^spnego\./);
      expect(await codeOf(initiator.push(challenge))).toBe('spnego.out-of-order');
    }
    // Its own words, sent back to it.
    const mirrored = client({ framing: 'raw' });
    const hello = (await mirrored.push(null)).token!;
    expect(await codeOf(mirrored.push(hello))).toMatch(/^spnego\./);
    const mirror = client({ framing: 'raw' });
    const acceptor = server();
    const proof = (await mirror.push((await acceptor.push((await mirror.push(null)).token!)).token)).token!;
    expect(await codeOf(mirror.push(proof))).toMatch(/^spnego\./);
    expect([mirrored.done, mirror.done]).toEqual([false, false]);
  });
  it('leave no password behind when they are done with', async () => {
    const [initiator, acceptor] = [client(), server()];
    await run(initiator, acceptor);
    expect(acceptor.credentials).toEqual(delegate);
    acceptor.close();
    expect([acceptor.credentials, acceptor.identity]).toEqual([null, null]);
  });
});

it('credentials that are no password are none', () => {
  const bytes = encodeTsCredentials(delegate);
  expect(parseTsCredentials(bytes)).toEqual(delegate);
  const smartCard = bytes.slice();
  smartCard[smartCard.indexOf(2) + 2] = 2;
  expect(parseTsCredentials(smartCard)).toBe(null);
});
