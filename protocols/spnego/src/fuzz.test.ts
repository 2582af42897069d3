import { describe, expect, it } from 'vitest';
import {
  acceptCredSsp,
  acceptSecurity,
  decodeEncryptedBody,
  encodeEncryptedBody,
  initiateCredSsp,
  initiateSecurity,
  isSpnegoError,
  parseCredentialCache,
  parseKeytab,
  subjectPublicKey,
  tlsServerEndPoint,
} from '../index.ts';
import { encodeTsCredentials, parseTsCredentials } from './credssp/ts-credentials.ts';
import { parseTsRequest } from './credssp/ts-request.ts';
import { parseApReply, parseApRequest } from './kerberos/ap-exchange.ts';
import { parseGssChecksum } from './kerberos/gss-checksum.ts';
import { parseGssToken } from './kerberos/gss-token.ts';
import { keyRecipes, parseKdcReply, parseKdcReplyContent, parseMethodData } from './kerberos/kdc-reply.ts';
import { encodeKrbError, parseKrbError } from './kerberos/krb-error.ts';
import { parseNegTokenInit, parseNegTokenResp } from './negotiate/neg-token.ts';
import { parseAuthenticate } from './ntlm/authenticate-message.ts';
import { parseChallenge } from './ntlm/challenge-message.ts';
import { parseResponse } from './ntlm/ntlmv2.ts';
import { runLogon } from './testing/run-logon.ts';
import { sampleKdcReply } from './testing/sample-kdc-reply.ts';
import { kerberosCredentials, ntlmCredentials, sampleAcceptor, sampleInitiator } from './testing/sample-logons.ts';
import { mutate, seededRandom } from './testing/seeded-random.ts';

const random = seededRandom(20261121);
const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replace(/\s/g, ''), 'hex'));

/** Feeds `count` mutations of the samples: each is read, or refused by a SpnegoError. Gives how many were read. */
function fuzz(samples: readonly Uint8Array[], count: number, read: (input: Uint8Array) => unknown): number {
  let accepted = 0;
  for (let n = 0; n < count; n++) {
    const input = mutate(random, samples[n % samples.length]!);
    try {
      read(input);
      accepted++;
    } catch (error) {
      if (!isSpnegoError(error)) throw new Error(`fuzz case ${Buffer.from(input).toString('hex')}`, { cause: error });
    }
  }
  return accepted;
}

async function tokensOf(credentials: typeof ntlmCredentials | typeof kerberosCredentials, framing: 'raw' | 'spnego') {
  return runLogon(initiateSecurity(sampleInitiator([credentials], { framing })), acceptSecurity(sampleAcceptor()));
}

describe('hostile bytes', () => {
  it('in any parser are read or refused, never anything else (95,000 cases)', async () => {
    const ntlm = await tokensOf(ntlmCredentials, 'raw');
    const spnego = await tokensOf(ntlmCredentials, 'spnego');
    const kerberos = await tokensOf(kerberosCredentials, 'raw');
    const answer = parseAuthenticate(ntlm[2]!).ntResponse;
    const credssp = [
      await initiateCredSsp({
        ...sampleInitiator(),
        publicKey: bytes('01'),
        delegate: { domain: '', user: '', password: '' },
      }).push(null),
    ];
    const body = encodeEncryptedBody('SPNEGO', [
      {
        contentType: 'application/soap+xml;charset=UTF-8',
        length: 9,
        header: new Uint8Array(16),
        data: new Uint8Array(9),
      },
    ]);
    const { kdcReply, kdcContent } = sampleKdcReply(kerberosCredentials.ticket);
    const keytab = bytes(
      '0502 00000027 0001 0001 52 0003 776562 00000001 00000000 02 0011 0010 11111111111111111111111111111111 00000003',
    );
    const recipes = bytes('301e 301c a103 020113 a215 0413 3011 300f a003 020112 a108 1b06 52616c696365');
    const cache = bytes(
      `0504 000c 0001000800000000 00000000 00000001 00000001 00000001 52 00000001 61
       00000001 00000001 00000001 52 00000001 61 00000002 00000001 00000001 52 00000001 62 0012 00000002 0102
       00000001 00000001 00000002 00000000 00 40000000 00000000 00000000 00000002 6100 00000000`,
    );
    const fed: [string, readonly Uint8Array[], number, (input: Uint8Array) => unknown][] = [
      ['ntlm challenge', [ntlm[1]!], 9000, parseChallenge],
      ['ntlm authenticate', [ntlm[2]!], 9000, parseAuthenticate],
      ['ntlm response', [answer], 8000, parseResponse],
      ['spnego init', [spnego[0]!], 9000, parseNegTokenInit],
      ['spnego response', spnego.slice(1), 9000, parseNegTokenResp],
      ['ap-req', [parseGssToken(kerberos[0]!).body], 8000, parseApRequest],
      ['ap-rep', [parseGssToken(kerberos[1]!).body], 7000, parseApReply],
      ['checksum', [bytes(`10000000${'00'.repeat(16)}010000000100030061626364`)], 3000, parseGssChecksum],
      ['krb-error', [encodeKrbError(25, 0, 'R', ['a'])], 4000, parseKrbError],
      ['kdc reply', [kdcReply], 2000, (input) => parseKdcReply(input, 11)],
      ['kdc reply content', [kdcContent], 2000, parseKdcReplyContent],
      ['recipes', [recipes], 4000, (input) => keyRecipes(parseMethodData(input))],
      ['keytab', [keytab], 5000, parseKeytab],
      ['cache', [cache], 5000, parseCredentialCache],
      ['ts-request', credssp.map((one) => one.token!), 6000, parseTsRequest],
      ['ts-credentials', [encodeTsCredentials({ domain: 'D', user: 'u', password: 'p' })], 3000, parseTsCredentials],
      ['body', [body.body], 6000, (input) => decodeEncryptedBody({ contentType: body.contentType, body: input })],
      ['certificate', [bytes('300d 3000 3006 0604 2a864886 030100')], 1000, tlsServerEndPoint],
      ['public key', [bytes('300d 3000 3006 0604 2a864886 030100')], 200, subjectPublicKey],
    ];
    const accepted = fed.map(([what, samples, count, read]) => [what, fuzz(samples, count, read)] as const);
    expect(fed.reduce((sum, [, , count]) => sum + count, 0)).toBeGreaterThanOrEqual(95_000);
    // A parser that refuses everything was given no real message: the fuzzing would show nothing.
    for (const [what, count] of accepted) if (what !== 'public key') expect(count, what).toBeGreaterThan(0);
  });

  it('in a whole logon are refused, never anything else (5,000 cases)', async () => {
    let accepted = 0;
    for (let n = 0; n < 2500; n++) {
      const credentials = n % 2 ? ntlmCredentials : kerberosCredentials;
      const framing = n % 4 < 2 ? 'raw' : 'spnego';
      const acceptor = acceptSecurity(sampleAcceptor());
      const initiator = initiateSecurity(sampleInitiator([credentials], { framing }));
      const spoiled = random.below(4);
      try {
        let token = (await initiator.step(null)).token;
        for (let leg = 0; token && !(initiator.done && acceptor.done); leg++) {
          if (leg === spoiled) token = mutate(random, token);
          token = (leg % 2 ? await initiator.step(token) : await acceptor.step(token)).token;
        }
        accepted++;
      } catch (error) {
        if (!isSpnegoError(error)) throw error;
      }
    }
    expect(accepted).toBeGreaterThan(0);
    expect(accepted).toBeLessThan(2500);
    const { token } = await initiateCredSsp({
      ...sampleInitiator(),
      publicKey: bytes('01'),
      delegate: { domain: '', user: '', password: '' },
    }).push(null);
    for (let n = 0; n < 2500; n++) {
      const credssp = acceptCredSsp({ ...sampleAcceptor(), publicKey: bytes('01') });
      try {
        await credssp.push(mutate(random, token!));
      } catch (error) {
        if (!isSpnegoError(error)) throw error;
      }
    }
  });

  it('of sealed messages are refused, and a megabyte of nothing costs no time', async () => {
    for (const credentials of [ntlmCredentials, kerberosCredentials])
      for (let n = 0; n < 100; n++) {
        const acceptor = acceptSecurity(sampleAcceptor());
        const initiator = initiateSecurity(sampleInitiator([credentials]));
        await runLogon(initiator, acceptor);
        const sealed = initiator.wrap(bytes('0102030405'));
        const changed = mutate(random, sealed);
        if (Buffer.compare(changed, sealed) === 0) continue;
        expect(() => acceptor.unwrap(changed)).toThrow(/kerberos message|signature/);
      }
    const zeros = new Uint8Array(2 ** 20);
    for (const prefix of ['4e544c4d53535000 03000000', '60', '30830fffff', 'a0830fffff'])
      for (const read of [parseNegTokenInit, parseKeytab, parseTsRequest, parseAuthenticate]) {
        const input = zeros.slice();
        input.set(bytes(prefix));
        expect(() => read(input)).toThrow();
      }
  });
});
