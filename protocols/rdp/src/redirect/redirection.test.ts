import { describe, expect, it } from 'vitest';
import type { Redirection } from './redirection.ts';
import { readServerRedirection, writeServerRedirection } from './server-redirection.ts';

describe('the Server Redirection Packet', () => {
  it('to an address has the bytes that FreeRDP 2 and 3 follow', () => {
    expect(writeServerRedirection({ targetAddress: '10.77.0.12' }).toString('hex')).toBe(
      '0004' + '2600' + '00000000' + '01000000' + '16000000' + '310030002e00370037002e0030002e00310032000000',
    );
  });

  const whole: Redirection = {
    sessionId: 4,
    targetAddress: '10.77.0.12',
    loadBalanceInfo: new Uint8Array(Buffer.from('Cookie: msts=abc')),
    userName: 'carol',
    domain: 'CORP',
    password: { kind: 'clear', password: 'pässword' },
    targetFqdn: 'h1.example.org',
    targetNetbiosName: 'H1',
    tsvUrl: 'tsv://x',
    redirectionGuid: Uint8Array.from({ length: 16 }, (_, n) => n),
    targetCertificate: Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x05),
    targetAddresses: ['10.77.0.12', 'fe80::1'],
    doNotStoreUserName: true,
    smartcardLogon: true,
    noRedirect: true,
    serverTsvCapable: true,
  };

  it('is read back with every field', () => {
    const bytes = writeServerRedirection(whole);
    expect(readServerRedirection(bytes)).toEqual(whole);
    expect(bytes.readUInt32LE(8).toString(16)).toBe('1bbff');
    expect(readServerRedirection(writeServerRedirection({}))).toEqual({ sessionId: 0 });
    const encrypted: Redirection = { sessionId: 0, password: { kind: 'encrypted', cookie: Uint8Array.of(1, 2, 3) } };
    expect(readServerRedirection(writeServerRedirection(encrypted))).toEqual(encrypted);
  });

  it('has its fields in the order of the specification', () => {
    const bytes = writeServerRedirection(whole);
    const places = [
      '10.77.0.12',
      'carol',
      'CORP',
      'pässword',
      'h1.example.org',
      'H1\0',
      'tsv://x',
      'AAECAwQF',
      'fe80',
    ].map((text) => bytes.indexOf(Buffer.from(text, 'utf16le')));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual([...places].sort((one, other) => one - other));
    const token = bytes.indexOf('Cookie: msts=abc\r\n');
    expect(token).toBeGreaterThan(places[0]!);
    expect(token).toBeLessThan(places[1]!);
  });

  it('carries the certificate as base64 text of its container', () => {
    const bytes = writeServerRedirection({ targetCertificate: Uint8Array.of(0x30, 0x00) });
    const container = Buffer.from('20000000' + '01000000' + '02000000' + '3000', 'hex').toString('base64');
    expect(bytes.subarray(16).toString('utf16le')).toBe(`${container}\0`);
  });

  it('refuses what stock clients would hang up on', () => {
    const limits = expect.objectContaining({ reason: 'limits' });
    expect(() => writeServerRedirection({ domain: 'a'.repeat(26) })).toThrow(limits);
    expect(() => writeServerRedirection({ targetNetbiosName: 'a'.repeat(16) })).toThrow(limits);
    expect(() => writeServerRedirection({ userName: 'a'.repeat(256) })).toThrow(limits);
    expect(() => writeServerRedirection({ targetCertificate: new Uint8Array(20_000) })).toThrow(limits);
  });
});
