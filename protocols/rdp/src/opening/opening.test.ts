import { describe, expect, it } from 'vitest';
import { hexBytes } from '../byte-writer.ts';
import { rdpLimits } from '../limits.ts';
import { readConnectionConfirm, writeConnectionConfirm, writeNegotiationFailure } from './connection-confirm.ts';
import { readConnectionRequest, writeConnectionRequest } from './connection-request.ts';
import { peekOpening } from './peek-opening.ts';
import { readPreconnection, writePreconnection } from './preconnection.ts';
import { decodeClassicToken, encodeClassicToken, mstsValue, tokenText, writeMstsToken } from './routing-token.ts';

/** `xfreerdp /u:bob`, recorded. */
const bob = hexBytes('0300002924e00000000000436f6f6b69653a206d737473686173683d626f620d0a0100080003000000');
/** `xfreerdp /u:éva`, recorded. */
const eva = hexBytes('0300002a25e00000000000436f6f6b69653a206d737473686173683dc3a976610d0a0100080003000000');
/** The same client after a redirection with a token, recorded. */
const back = hexBytes(
  '030000302be00000000000436f6f6b69653a206d7374733d6f6e652d74696d652d746f6b656e0d0a0100080003000000',
);

describe('a Connection Request', () => {
  it('is read as FreeRDP writes it', () => {
    expect(readConnectionRequest(bob)).toEqual({
      cookie: 'bob',
      routingToken: null,
      negotiation: { flags: 0, protocols: 3 },
      correlationId: null,
    });
    expect(readConnectionRequest(eva).cookie).toBe('éva');
    const { cookie, routingToken } = readConnectionRequest(back);
    expect([cookie, mstsValue(routingToken!)]).toEqual([null, 'one-time-token']);
  });

  it('is written as FreeRDP writes it', () => {
    expect(writeConnectionRequest(readConnectionRequest(bob)).equals(bob)).toBe(true);
    expect(writeConnectionRequest(readConnectionRequest(back)).equals(back)).toBe(true);
  });

  it('keeps a load-balance info verbatim', () => {
    const info = Buffer.from('tsv://MS Terminal Services Plugin.1.Pool_A');
    const sent = writeConnectionRequest({
      cookie: null,
      routingToken: info,
      negotiation: { flags: 0, protocols: 3 },
      correlationId: null,
    });
    expect(sent.toString('hex')).toMatch(/^0300003f3ae000000000007473763a2f2f4d53/);
    expect(tokenText(readConnectionRequest(sent).routingToken!)).toBe(info.toString());
  });

  it('may have correlation info, or nothing but its fixed part', () => {
    const correlationId = Uint8Array.from({ length: 16 }, (_, n) => n + 1);
    const request = { cookie: 'a', routingToken: null, negotiation: { flags: 8, protocols: 11 }, correlationId };
    const read = readConnectionRequest(writeConnectionRequest(request));
    expect([...read.correlationId!]).toEqual([...correlationId]);
    expect(readConnectionRequest(hexBytes('0300000b06e00000000000'))).toEqual({
      cookie: null,
      routingToken: null,
      negotiation: null,
      correlationId: null,
    });
  });

  it('is refused when it could not be sent', () => {
    const request = { cookie: 'a'.repeat(300), routingToken: null, negotiation: null, correlationId: null };
    expect(() => writeConnectionRequest(request)).toThrow(/too long/);
  });

  it.each([
    ['another TPDU', '0300000b06f00000000000'],
    ['lengths that differ', '0300000c06e0000000000000'],
    ['a line without an end and without negotiation', '0300000d08e000000000004142'],
    ['a negotiation of another length', '0300001309e0000000000001000900030000ff'],
  ])('is malformed with %s', (_, hex) => {
    expect(() => readConnectionRequest(hexBytes(hex))).toThrow(expect.objectContaining({ reason: 'malformed' }));
  });
});

describe('peekOpening', () => {
  it('wants more until the request is whole, and takes no byte behind it', () => {
    for (let length = 0; length < bob.length; length++)
      expect(peekOpening(bob.subarray(0, length))).toEqual({ kind: 'more' });
    const opening = peekOpening(Buffer.concat([bob, Buffer.from('TLS')]));
    expect(opening).toMatchObject({ kind: 'opening', length: bob.length, preconnection: null });
    expect(opening.kind === 'opening' && Buffer.from(opening.raw).equals(bob)).toBe(true);
  });

  it('reads the preconnection PDU before it, and trusts only its length', () => {
    const pdu = writePreconnection({ id: 7, blob: 'ticket-Ω' });
    expect(readPreconnection(pdu)).toEqual({ version: 2, id: 7, blob: 'ticket-Ω' });
    // FreeRDP 2 pads within the length.
    const padded = Buffer.concat([pdu, Buffer.alloc(2)]);
    padded.writeUInt32LE(padded.length);
    for (const first of [pdu, padded, writePreconnection({ id: 7, blob: null })]) {
      const bytes = Buffer.concat([first, bob]);
      for (let length = 0; length < bytes.length; length++)
        expect(peekOpening(bytes.subarray(0, length))).toEqual({ kind: 'more' });
      const opening = peekOpening(bytes);
      expect(opening).toMatchObject({ kind: 'opening', length: bytes.length, request: { cookie: 'bob' } });
      expect(opening.kind === 'opening' && Buffer.from(opening.rawRequest).equals(bob)).toBe(true);
      expect(opening.kind === 'opening' && opening.preconnection?.id).toBe(7);
    }
  });

  it.each([
    ['a request to a web server', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['TLS without X.224', hexBytes('16030100c8010000c4')],
    ['a TPKT that is too long', hexBytes('0300ffff')],
    ['a preconnection PDU that is too long', hexBytes('000c0100')],
    ['a preconnection PDU that is too short', hexBytes('0f000000')],
  ])('says malformed for %s', (_, bytes) => {
    expect(peekOpening(bytes)).toMatchObject({ kind: 'malformed', why: expect.any(String) });
  });

  it('never asks for more than the limit', () => {
    const largest = Buffer.alloc(rdpLimits.opening);
    largest.writeUInt32LE(rdpLimits.preconnection);
    largest.writeUInt32LE(1, 8);
    largest.set(hexBytes('03000400fae0'), rdpLimits.preconnection);
    expect(peekOpening(largest).kind).toBe('malformed');
  });
});

describe('a Connection Confirm', () => {
  it('is written and read', () => {
    expect(writeConnectionConfirm(1, 1).toString('hex')).toBe('030000130ed00000123400' + '0201080001000000');
    expect(readConnectionConfirm(writeConnectionConfirm(2))).toEqual({ kind: 'response', flags: 0, protocol: 2 });
    expect(readConnectionConfirm(writeNegotiationFailure('hybridRequiredByServer'))).toEqual({
      kind: 'failure',
      code: 5,
      failure: 'hybridRequiredByServer',
    });
    expect(readConnectionConfirm(hexBytes('0300000b06d00000123400'))).toEqual({ kind: 'plain' });
  });
});

describe('classic tokens', () => {
  it('swap the bytes of address and port', () => {
    // HAProxy understood this one and balanced by it.
    expect(encodeClassicToken({ address: '10.77.0.12', port: 3389 })).toBe('201346314.15629.0000');
    expect(decodeClassicToken('201346314.15629.0000')).toEqual({ address: '10.77.0.12', port: 3389 });
  });

  it.each(['', 'x', '1.2', '1.2.3', '4294967296.15629.0000', '1.70000.0000', '1.1.0000 '])('are not %j', (value) => {
    expect(decodeClassicToken(value)).toBeNull();
  });

  it('carry an opaque value as well', () => {
    const token = writeMstsToken('AbC-123_');
    expect([mstsValue(token), decodeClassicToken('AbC-123_')]).toEqual(['AbC-123_', null]);
    expect(() => writeMstsToken('a b')).toThrow(/ASCII/);
    expect(() => writeMstsToken('a'.repeat(181))).toThrow(/too long/);
    expect(mstsValue(Buffer.from('tsv://x'))).toBeNull();
    expect(tokenText(Buffer.from('é'))).toBeNull();
  });
});
