import { describe, expect, it } from 'vitest';
import { acceptSecurity, initiateSecurity, type SecurityContext } from '../../index.ts';
import { codeOf } from '../testing/code-of.ts';
import { runLogon } from '../testing/run-logon.ts';
import {
  environment,
  kerberosCredentials,
  ntlmCredentials,
  sampleAcceptor,
  sampleInitiator,
} from '../testing/sample-logons.ts';
import { oid } from './mechanism-ids.ts';
import {
  encodeNegTokenInit,
  encodeNegTokenResp,
  mechanismList,
  parseNegTokenInit,
  parseNegTokenResp,
} from './neg-token.ts';

const talk = (a: SecurityContext, b: SecurityContext) => {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    const plain = environment.random(40);
    expect(to.unwrap(from.wrap(plain))).toEqual(plain);
  }
};

describe('the choice of a mechanism', () => {
  const both = [kerberosCredentials, ntlmCredentials];
  it('is the client’s first that the server has', async () => {
    const acceptor = acceptSecurity(sampleAcceptor());
    const initiator = initiateSecurity(sampleInitiator(both));
    expect((await runLogon(initiator, acceptor)).length).toBe(2);
    expect(acceptor.mechanism).toBe('kerberos');
    talk(initiator, acceptor);
  });
  it('falls back to the second, which both sides then sign', async () => {
    for (const [credentials, options, mechanism] of [
      [both, { kerberos: undefined }, 'ntlm'],
      [both.toReversed(), { ntlm: undefined }, 'kerberos'],
    ] as const) {
      const acceptor = acceptSecurity(sampleAcceptor(options));
      const initiator = initiateSecurity(sampleInitiator(credentials));
      const tokens = await runLogon(initiator, acceptor);
      expect([acceptor.mechanism, initiator.mechanism]).toEqual([mechanism, mechanism]);
      expect(tokens.filter((token) => token[0] === 0xa1 && parseNegTokenResp(token).mic).length).toBe(2);
      talk(initiator, acceptor);
    }
  });
  it('ends when there is none in common', async () => {
    const acceptor = acceptSecurity(sampleAcceptor({ ntlm: undefined }));
    expect(await codeOf(runLogon(initiateSecurity(sampleInitiator([ntlmCredentials])), acceptor))).toBe(
      'spnego.mechanism',
    );
    const raw = initiateSecurity(sampleInitiator([ntlmCredentials], { framing: 'raw' }));
    expect(await codeOf(runLogon(raw, acceptSecurity(sampleAcceptor({ ntlm: undefined }))))).toBe('spnego.mechanism');
  });
  it('takes Windows 2000’s name of Kerberos for Kerberos', async () => {
    const token = (await initiateSecurity(sampleInitiator([kerberosCredentials])).step(null)).token!;
    const list = mechanismList([oid.microsoftKerberos, oid.kerberos, '1.3.6.1.4.1.311.2.2.30', oid.ntlm]);
    const acceptor = acceptSecurity(sampleAcceptor());
    const answer = await acceptor.step(encodeNegTokenInit(list, parseNegTokenInit(token).token!));
    expect([answer.done, parseNegTokenResp(answer.token!).mechanism]).toEqual([true, oid.microsoftKerberos]);
  });
});

describe('somebody in between', () => {
  it('who takes Kerberos out of the client’s list is found out by both', async () => {
    const acceptor = acceptSecurity(sampleAcceptor());
    const initiator = initiateSecurity(sampleInitiator([kerberosCredentials, ntlmCredentials]));
    await initiator.step(null);
    const ntlm = initiateSecurity(sampleInitiator([ntlmCredentials], { framing: 'raw' }));
    const shortened = encodeNegTokenInit(mechanismList([oid.ntlm]), (await ntlm.step(null)).token!);
    const challenge = parseNegTokenResp((await acceptor.step(shortened)).token!);
    const asked = await initiator.step(encodeNegTokenResp({ state: 3, mechanism: oid.ntlm }));
    expect(parseNegTokenResp(asked.token!).token).not.toBe(null);
    const answer = await initiator.step(encodeNegTokenResp({ state: 1, token: challenge.token }));
    expect(await codeOf(acceptor.step(answer.token))).toBe('spnego.mic');
    expect(await codeOf(initiator.step(encodeNegTokenResp({ state: 0 })))).toBe('spnego.mic');
  });
  it('cannot end a logon that is not complete', async () => {
    const initiator = initiateSecurity(sampleInitiator([ntlmCredentials]));
    await initiator.step(null);
    expect(await codeOf(initiator.step(encodeNegTokenResp({ state: 0 })))).toBe('spnego.out-of-order');
    expect(initiator.done).toBe(false);
  });
});

describe('one logon', () => {
  it('takes no token above 128 KiB', async () => {
    expect(await codeOf(acceptSecurity(sampleAcceptor()).step(new Uint8Array(128 * 1024 + 1)))).toBe(
      'spnego.malformed',
    );
  });
  it('takes one step at a time', async () => {
    const acceptor = acceptSecurity(sampleAcceptor());
    const token = (await initiateSecurity(sampleInitiator()).step(null)).token;
    const first = acceptor.step(token);
    expect(await codeOf(acceptor.step(token))).toBe('spnego.out-of-order');
    expect((await first).done).toBe(false);
  });
  it('that is closed while a user is looked up does not come to life again', async () => {
    let found: (hash: Uint8Array) => void = () => {};
    const ntHash = () => new Promise<Uint8Array>((resolve) => (found = resolve));
    const acceptor = acceptSecurity(sampleAcceptor({ ntlm: { computerName: 'WEB', ntHash } }));
    const initiator = initiateSecurity(sampleInitiator());
    const challenge = await acceptor.step((await initiator.step(null)).token);
    const last = acceptor.step((await initiator.step(challenge.token)).token);
    acceptor.close();
    found(ntlmCredentials.ntHash);
    expect(await codeOf(last)).toBe('spnego.not-ready');
    expect([acceptor.done, acceptor.identity, acceptor.canSeal]).toEqual([false, null, false]);
  });
  it('of an error in the look-up of users ends with that error', async () => {
    const ntHash = () => Promise.reject(new Error('the database is gone'));
    const acceptor = acceptSecurity(sampleAcceptor({ ntlm: { computerName: 'WEB', ntHash } }));
    expect(await codeOf(runLogon(initiateSecurity(sampleInitiator()), acceptor))).toMatchObject({
      message: 'the database is gone',
    });
  });
});
