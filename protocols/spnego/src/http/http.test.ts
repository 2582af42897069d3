import { describe, expect, it } from 'vitest';
import {
  acceptSecurity,
  decodeEncryptedBody,
  encodeEncryptedBody,
  encryptionProtocolOf,
  initiateSecurity,
  openBody,
  sealBody,
  tlsTrailerLength,
} from '../../index.ts';
import { codeOf } from '../testing/code-of.ts';
import { runLogon } from '../testing/run-logon.ts';
import { kerberosCredentials, ntlmCredentials, sampleAcceptor, sampleInitiator } from '../testing/sample-logons.ts';

const soap = 'application/soap+xml;charset=UTF-8';
const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));
const text = (value: Uint8Array) => Buffer.from(value).toString('latin1');
const type = 'multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"';
const part = { contentType: soap, length: 5, header: bytes('0123456789abcdef'), data: bytes('hello') };

describe('an encrypted body', () => {
  it('looks as WinRM’s does, octet by octet', () => {
    const made = encodeEncryptedBody('SPNEGO', [part]);
    expect(made.contentType).toBe(type);
    expect(text(made.body)).toBe(
      '--Encrypted Boundary\r\n\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n' +
        '\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=5\r\n--Encrypted Boundary\r\n' +
        '\tContent-Type: application/octet-stream\r\n\x10\0\0\x000123456789abcdefhello--Encrypted Boundary--\r\n',
    );
    expect(decodeEncryptedBody(made)).toEqual({ protocol: 'SPNEGO', parts: [part] });
  });
  it('is understood in the spellings of all clients', () => {
    const made = text(encodeEncryptedBody('SPNEGO', [part]).body);
    const spellings = [
      made.replaceAll('\t', ''),
      made.replaceAll('--Encrypted Boundary\r\n', '-- Encrypted Boundary\r\n'),
      made.replace('hello--', 'hello-- '),
      made.replace('octet-stream\r\n', 'octet-stream\r\n\r\n'),
      made.slice(0, -2),
      made.replace('OriginalContent: type=', 'originalcontent:type='),
      made.replaceAll('Encrypted Boundary', 'x'),
    ];
    for (const [i, body] of spellings.entries())
      expect(
        decodeEncryptedBody({
          contentType: i === 6 ? type.replace('"Encrypted Boundary"', 'x') : type,
          body: bytes(body),
        }).parts,
        `${i}`,
      ).toEqual([part]);
  });
  it('may hold the boundary’s text inside its data', () => {
    const data = bytes('a--Encrypted Boundary--\r\nb');
    const tricky = { ...part, length: data.length, data };
    expect(decodeEncryptedBody(encodeEncryptedBody('Kerberos', [tricky])).parts).toEqual([tricky]);
  });
  it('of many parts is CredSSP’s', () => {
    const parts = [part, { ...part, data: bytes('a TLS record is longer than its content') }, part];
    const made = encodeEncryptedBody('CredSSP', parts);
    expect(made.contentType).toMatch(/^multipart\/x-multi-encrypted;/);
    expect(decodeEncryptedBody(made)).toEqual({ protocol: 'CredSSP', parts });
  });
  it('is refused when malformed', async () => {
    const good = text(encodeEncryptedBody('SPNEGO', [part]).body);
    const bad = [
      '',
      good.slice(0, 100),
      good.slice(0, -22),
      good.replace('Length=5', 'Length=500'),
      good.replace('Length=5', 'Length=-5'),
      good.replace('SPNEGO', 'Kerberos'),
      good.replace('octet-stream', 'json'),
      good.replace('\x10\0\0\0', '\xff\xff\xff\xff'),
      good.replace('OriginalContent', 'Original'),
      good.replace('--Encrypted Boundary\r\n', ''),
      '--Encrypted Boundary--\r\n',
      good.replace(/--\r\n$/, '\r\n'),
    ];
    for (const [i, body] of bad.entries())
      expect(await codeOf(() => decodeEncryptedBody({ contentType: type, body: bytes(body) })), `${i}`).toBe(
        'spnego.http-encryption',
      );
    expect(await codeOf(() => decodeEncryptedBody({ contentType: soap, body: bytes(good) }))).toBe(
      'spnego.http-encryption',
    );
  });
});

describe('sealing and opening', () => {
  for (const [name, credentials] of [
    ['SPNEGO', ntlmCredentials],
    ['Kerberos', kerberosCredentials],
  ] as const)
    it(`with ${name} passes bodies both ways, and refuses a false length and a repetition`, async () => {
      const acceptor = acceptSecurity(sampleAcceptor());
      const initiator = initiateSecurity(sampleInitiator([credentials]));
      await runLogon(initiator, acceptor);
      const plain = { contentType: soap, body: bytes('<s:Envelope/>') };
      for (const [from, to] of [
        [initiator, acceptor],
        [acceptor, initiator],
      ] as const) {
        const sealed = sealBody(from, plain);
        expect(encryptionProtocolOf(sealed.contentType)).toBe(name);
        const opened = openBody(to, sealed);
        expect([opened.contentType, text(opened.body), opened.protocol]).toEqual([soap, '<s:Envelope/>', name]);
      }
      const again = sealBody(initiator, plain);
      const { protocol, parts } = decodeEncryptedBody(again);
      const lying = encodeEncryptedBody(protocol, [{ ...parts[0]!, length: 12 }]);
      expect(await codeOf(() => openBody(acceptor, lying))).toBe('spnego.http-encryption');
      expect(await codeOf(() => openBody(acceptor, again))).toBe('spnego.not-ready');
    });
});

it('a plain content type has no protocol', () => {
  for (const other of [
    soap,
    '',
    'multipart/encrypted',
    'multipart/mixed;protocol="application/HTTP-SPNEGO-session-encrypted";boundary=x',
    type.replace('SPNEGO', 'Digest'),
  ])
    expect(encryptionProtocolOf(other)).toBe(null);
});

it('TLS trailers are as long as the cipher says', () => {
  expect(tlsTrailerLength('ECDHE-RSA-AES256-GCM-SHA384', 100)).toBe(16);
  expect(tlsTrailerLength('TLS_AES_256_GCM_SHA384', 100)).toBe(17);
  expect(tlsTrailerLength('ECDHE-RSA-AES256-SHA384', 100)).toBe(48 + 12);
  expect(tlsTrailerLength('AES128-SHA', 12)).toBe(20 + 16);
  expect(() => tlsTrailerLength('none', 1)).toThrow(RangeError);
});
