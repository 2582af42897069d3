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

it('credentials that are no password are none', () => {
  const bytes = encodeTsCredentials(delegate);
  expect(parseTsCredentials(bytes)).toEqual(delegate);
  const smartCard = bytes.slice();
  smartCard[smartCard.indexOf(2) + 2] = 2;
  expect(parseTsCredentials(smartCard)).toBe(null);
});
