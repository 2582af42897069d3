import { describe, expect, it } from 'vitest';
import { Asn1Error, application, context, der, derLength, readDer, tag } from '../index.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hex = (value: Uint8Array) => Buffer.from(value).toString('hex');
const code = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return error instanceof Asn1Error ? error.code : error;
  }
  return 'accepted';
};

describe('numbers', () => {
  it('are written as X.690 §8.3 says, and read back', () => {
    const rows = { 0: '020100', 127: '02017f', 128: '02020080', 256: '02020100', '-1': '0201ff', '-128': '020180' };
    for (const [value, text] of Object.entries({ ...rows, '-129': '0202ff7f', 4294967295: '020500ffffffff' })) {
      expect(hex(der.integer(Number(value)))).toBe(text);
      expect(readDer(bytes(text), (r) => r.integer())).toBe(Number(value));
    }
    expect(hex(der.integer(0xc000006d | 0))).toBe('0204c000006d');
    for (const value of [2 ** 47 - 1, -(2 ** 47)]) expect(readDer(der.integer(value), (r) => r.integer())).toBe(value);
  });
  it('are refused when longer than need be, empty or too large', () => {
    for (const text of ['02020001', '0202ffff', '0200'])
      expect(code(() => readDer(bytes(text), (r) => r.integer()))).toBe('asn1.malformed');
    expect(code(() => readDer(bytes('020701000000000000'), (r) => r.integer()))).toBe('asn1.limits');
  });
});

describe('object identifiers', () => {
  it('of the mechanisms go there and back', () => {
    const rows = {
      '1.3.6.1.5.5.2': '06062b0601050502',
      '1.2.840.113554.1.2.2': '06092a864886f712010202',
      '2.999.3': '0603883703',
    };
    for (const [text, der_] of Object.entries(rows)) {
      expect(hex(der.objectIdentifier(text))).toBe(der_);
      expect(readDer(bytes(der_), (r) => r.objectIdentifier())).toBe(text);
    }
  });
  it('are refused when padded or cut off', () => {
    for (const text of ['0600', '060180', '06028001', '06022b80'])
      expect(code(() => readDer(bytes(text), (r) => r.objectIdentifier()))).toBe('asn1.malformed');
    for (const text of ['', '1', '3.1', '1.40', '1.2.x', '1.-2'])
      expect(() => der.objectIdentifier(text)).toThrow(RangeError);
  });
});

describe('lengths', () => {
  it('are short below 128 and long above', () => {
    expect(hex(der.octetString(new Uint8Array(127)).subarray(0, 3))).toBe('047f00');
    expect(hex(der.octetString(new Uint8Array(128)).subarray(0, 3))).toBe('048180');
    expect(hex(der.octetString(new Uint8Array(70000)).subarray(0, 4))).toBe('04830111');
    expect(readDer(der.octetString(new Uint8Array(70000)), (r) => r.octetString().length)).toBe(70000);
  });
  it('must be definite, shortest and true', () => {
    for (const text of ['04 80 00 00', '04 81 7f', '04 82 00 80', '04 02 00', '04', '1f 01 00'])
      expect(
        code(() => readDer(bytes(text), (r) => r.element())),
        text,
      ).toBe('asn1.malformed');
    expect(code(() => readDer(bytes('04 85 01 00 00 00 00'), (r) => r.element()))).toBe('asn1.limits');
    expect(code(() => readDer(bytes('30 03 04 02 00'), (r) => r.sequence((s) => s.octetString())))).toBe(
      'asn1.malformed',
    );
    expect(code(() => readDer(bytes('0400 00'), (r) => r.octetString()))).toBe('asn1.malformed');
  });
  it('can be asked before all has come', () => {
    expect(derLength(bytes('30'))).toBe(null);
    expect(derLength(bytes('308201'))).toBe(null);
    expect(derLength(bytes('30820100'))).toBe(260);
  });
});

describe('limits', () => {
  it('hold for size, depth and list length', () => {
    const limits = { bytes: 100, depth: 3, elements: 2 };
    const nest = (n: number): Uint8Array => (n === 0 ? der.integer(1) : der.sequence(nest(n - 1)));
    const dive = (r: Parameters<Parameters<typeof readDer>[1]>[0]): void =>
      r.peek() === tag.sequence ? r.sequence(dive) : void r.integer();
    expect(code(() => readDer(nest(3), dive, limits))).toBe('accepted');
    expect(code(() => readDer(nest(4), dive, limits))).toBe('asn1.limits');
    expect(code(() => readDer(new Uint8Array(101), () => 0, limits))).toBe('asn1.limits');
    const list = der.sequence(der.integer(1), der.integer(2), der.integer(3));
    expect(code(() => readDer(list, (r) => r.sequenceOf((s) => s.integer()), limits))).toBe('asn1.limits');
  });
});

describe('the other types', () => {
  it('go there and back', () => {
    const value = der.element(
      application(14),
      der.sequence(
        der.explicit(0, der.boolean(true)),
        der.explicit(1, null),
        der.explicit(2, der.flags(0x40800000)),
        der.explicit(3, der.time(Date.UTC(2026, 10, 21, 9, 30, 1, 500))),
        der.explicit(4, der.text(tag.generalString, 'Zoë')),
        der.explicit(5, der.enumerated(2)),
      ),
    );
    const read = readDer(value, (r) =>
      r.within(application(14), (a) =>
        a.sequence((s) => [
          s.explicit(0, (f) => f.boolean()),
          s.optional(1, (f) => f.integer()),
          s.explicit(2, (f) => f.flags()),
          s.explicit(3, (f) => f.time()),
          s.explicit(4, (f) => f.text(tag.generalString)),
          s.explicit(5, (f) => f.enumerated()),
        ]),
      ),
    );
    expect(read).toEqual([true, undefined, 0x40800000, Date.UTC(2026, 10, 21, 9, 30, 1), 'Zoë', 2]);
    expect(context(3)).toBe(0xa3);
  });
  it('are refused when malformed', () => {
    const refused: [string, (r: Parameters<Parameters<typeof readDer>[1]>[0]) => unknown][] = [
      ['010101', (r) => r.boolean()],
      ['0300', (r) => r.bitString()],
      ['030108', (r) => r.bitString()],
      ['03020101', (r) => r.bitString()],
      ['0c02c328', (r) => r.text(tag.utf8String)],
      [hex(der.text(tag.generalizedTime, '20261321000000Z')), (r) => r.time()],
      [hex(der.text(tag.generalizedTime, '2026112100Z')), (r) => r.time()],
    ];
    for (const [text, read] of refused)
      expect(
        code(() => readDer(bytes(text), read)),
        text,
      ).toBe('asn1.malformed');
  });
});

describe('hostile input', () => {
  it('of 30,000 mutations is either read or refused by one of the two codes', () => {
    let state = 7;
    const random = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const seed = der.sequence(
      der.explicit(0, der.integer(70000)),
      der.explicit(1, der.sequence(der.objectIdentifier('1.2.840.113554.1.2.2'), der.octetString(new Uint8Array(140)))),
      der.explicit(2, der.flags(5)),
      der.explicit(3, der.time(0)),
    );
    const seen = new Set<unknown>();
    for (let n = 0; n < 30_000; n++) {
      const copy = Uint8Array.from(seed);
      for (let i = random(4); i >= 0; i--) copy[random(copy.length)] = random(256);
      const cut = copy.subarray(0, random(3) === 0 ? random(copy.length + 1) : copy.length);
      seen.add(
        code(() =>
          readDer(cut, (r) =>
            r.sequence((s) => {
              s.explicit(0, (f) => f.integer());
              s.explicit(1, (f) => f.sequence((q) => [q.objectIdentifier(), q.octetString()]));
              s.optional(2, (f) => f.flags());
              s.optional(3, (f) => f.time());
              s.skipRest();
            }),
          ),
        ),
      );
    }
    expect([...seen].sort()).toEqual(['accepted', 'asn1.limits', 'asn1.malformed']);
  });
});
