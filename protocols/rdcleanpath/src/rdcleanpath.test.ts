import { Asn1Error, readDer, tag } from '@atelier/asn1';
import { describe, expect, it } from 'vitest';
import {
  type CleanPathRequest,
  longestRequest,
  readCleanPathRequest,
  writeCleanPathFailure,
  writeCleanPathRequest,
  writeCleanPathResponse,
} from './rdcleanpath.ts';

const request: CleanPathRequest = {
  destination: 'désk:3389',
  proxyAuth: 'ticket',
  serverAuth: undefined,
  preconnectionBlob: 'pcb',
  x224ConnectionPdu: Uint8Array.of(3, 0, 0, 19, 14, 0xe0),
};

describe('request', () => {
  it('is read as it was written, and tells where it ends', () => {
    const bytes = writeCleanPathRequest(request);
    const more = new Uint8Array([...bytes, 1, 2, 3]);
    expect(readCleanPathRequest(more)).toEqual({ request, length: bytes.length });
  });

  it('waits for all of its bytes, whatever they are cut into', () => {
    const bytes = writeCleanPathRequest(request);
    for (let end = 0; end < bytes.length; end++) expect(readCleanPathRequest(bytes.subarray(0, end))).toBeNull();
  });

  it.each([
    ['without a destination', [0x30, 0x06, 0xa0, 0x04, 0x02, 0x02, 0x0d, 0x3e]],
    ['of another version', [0x30, 0x06, 0xa0, 0x04, 0x02, 0x02, 0x0d, 0x3f]],
    ['that is HTTP', [...Buffer.from('GET / HTTP/1.1\r\n'.padEnd(80))]],
  ])('is refused %s', (_, bytes) => {
    expect(() => readCleanPathRequest(Uint8Array.from(bytes))).toThrow(Asn1Error);
  });

  it('is refused when it says that it is long', () => {
    expect(() => readCleanPathRequest(Uint8Array.of(0x30, 0x83, 0x10, 0, 0))).toThrow(/too long/);
    expect(longestRequest).toBeLessThan(0x100000);
  });

  it('survives 20,000 broken ones', () => {
    const whole = writeCleanPathRequest(request);
    let seed = 7;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed >>> 8) % below;
    };
    let refused = 0;
    for (let round = 0; round < 20_000; round++) {
      const bytes = whole.slice(0, 1 + random(whole.length));
      for (let change = random(4); change >= 0; change--) bytes[random(bytes.length)] = random(256);
      try {
        readCleanPathRequest(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(Asn1Error);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(1000);
  });
});

describe('answers', () => {
  it('carry the confirmation and the certificates', () => {
    const bytes = writeCleanPathResponse({
      serverAddress: '10.0.0.1:3389',
      x224ConnectionPdu: Uint8Array.of(3, 0),
      certificates: [Uint8Array.of(1), Uint8Array.of(2)],
    });
    const read = readDer(bytes, (outer) =>
      outer.sequence((fields) => ({
        version: fields.explicit(0, (field) => field.integer()),
        x224: fields.explicit(6, (field) => [...field.content(tag.octetString)]),
        chain: fields.explicit(7, (field) => field.sequenceOf((each) => [...each.content(tag.octetString)])),
        address: fields.explicit(9, (field) => field.text(tag.utf8String)),
      })),
    );
    expect(read).toEqual({ version: 3390, x224: [3, 0], chain: [[1], [2]], address: '10.0.0.1:3389' });
  });

  it('say why there is no connection', () => {
    const bytes = writeCleanPathFailure({ errorCode: 1, httpStatus: 403 });
    const read = readDer(bytes, (outer) =>
      outer.sequence((fields) => {
        fields.explicit(0, (field) => field.integer());
        return fields.explicit(1, (error) =>
          error.sequence((inner) => [
            inner.explicit(0, (field) => field.integer()),
            inner.explicit(1, (field) => field.integer()),
          ]),
        );
      }),
    );
    expect(read).toEqual([1, 403]);
  });
});
