import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../byte-writer.ts';
import { rdpLimits } from '../limits.ts';
import { readRdstlsRequest, writeRdstlsCapabilities, writeRdstlsResponse } from './rdstls.ts';

const guid = Buffer.from('guid as base64\0', 'utf16le');
const user = Buffer.from('carol\0', 'utf16le');
const domain = Buffer.from('CORP\0', 'utf16le');
const password = Buffer.from('geheim');
const request = new ByteWriter()
  .u16(1, 2, 1, guid.length)
  .bytes(guid)
  .u16(user.length)
  .bytes(user)
  .u16(domain.length)
  .bytes(domain)
  .u16(password.length)
  .bytes(password)
  .done();

describe('RDSTLS', () => {
  it('says which versions there are, and a verdict', () => {
    expect(writeRdstlsCapabilities().toString('hex')).toBe('0100010001000100');
    expect(writeRdstlsResponse('logonFailure').toString('hex')).toBe('0100040001002e050000');
    expect(readRdstlsRequest(writeRdstlsCapabilities())).toEqual({ request: { kind: 'capabilities' }, length: 8 });
  });

  it('waits until a request is whole, and leaves what follows', () => {
    for (let length = 0; length < request.length; length++)
      expect(readRdstlsRequest(request.subarray(0, length))).toBeNull();
    expect(readRdstlsRequest(Buffer.concat([request, Buffer.from([3, 0])]))).toEqual({
      request: {
        kind: 'password',
        redirectionGuid: new Uint8Array(guid),
        userName: 'carol',
        domain: 'CORP',
        password: new Uint8Array(password),
      },
      length: request.length,
    });
  });

  it('reads a reconnect cookie', () => {
    const bytes = new ByteWriter().u16(1, 2, 2).u32(7).u16(3).u8(1, 2, 3).done();
    expect(readRdstlsRequest(bytes)?.request).toEqual({
      kind: 'auto-reconnect',
      sessionId: 7,
      cookie: Uint8Array.of(1, 2, 3),
    });
  });

  it.each([
    ['malformed', '0200'],
    ['malformed', '010002000300'],
    ['out-of-order', '01000400010000000000'],
    ['unsupported', '0100010001000200'],
  ])('is %s: %s', (reason, hex) => {
    expect(() => readRdstlsRequest(Buffer.from(hex, 'hex'))).toThrow(expect.objectContaining({ reason }));
  });

  it('does not wait for more than the limit', () => {
    const endless = new Uint8Array(rdpLimits.rdstls + 1);
    endless.set([1, 0, 2, 0, 1, 0, 0xff, 0xff]);
    expect(() => readRdstlsRequest(endless)).toThrow(expect.objectContaining({ reason: 'limits' }));
  });
});
