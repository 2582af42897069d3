import { describe, expect, it } from 'vitest';
import { aesCtsDecrypt, aesCtsEncrypt } from './aes-cts.ts';
import { encryptionType } from './encryption-type.ts';
import { nFold } from './n-fold.ts';

const hex = (value: Uint8Array | null) => (value ? Buffer.from(value).toString('hex') : null);
const bytes = (text: string) => Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'));
const ascii = (text: string) => Uint8Array.from(Buffer.from(text, 'utf8'));

it('n-fold gives the examples of RFC 3961 A.1', () => {
  const rows: [string, number, string][] = [
    ['012345', 8, 'be072631276b1955'],
    ['password', 7, '78a07b6caf85fa'],
    ['Rough Consensus, and Running Code', 8, 'bb6ed30870b7f0e0'],
    ['password', 21, '59e4a8ca7c0385c3c37b3f6d2000247cb6e6bd5b3e'],
    ['MASSACHVSETTS INSTITVTE OF TECHNOLOGY', 24, 'db3b0d8f0b061e603282b308a50841229ad798fab9540c1b'],
    ['Q', 21, '518a54a2 15a8452a 518a54a2 15a8452a 518a54a2 15'],
    ['ba', 21, 'fb25d531ae8974499f52fd92ea9857c4ba24cf297e'],
    ['kerberos', 16, '6b65726265726f737b9b5b2b93132b93'],
  ];
  for (const [text, length, folded] of rows) expect(hex(nFold(ascii(text), length))).toBe(folded.replaceAll(' ', ''));
});

it('ciphertext stealing gives the examples of RFC 3962 B, and goes back', () => {
  const key = ascii('chicken teriyaki');
  const text = ascii("I would like the General Gau's Chicken, please, and wonton soup.");
  const rows: [number, string][] = [
    [17, 'c6353568f2bf8cb4d8a580362da7ff7f97'],
    [31, 'fc00783e0efdb2c1d445d4c8eff7ed2297687268d6ecccc0c07b25e25ecfe5'],
    [32, '39312523a78662d5be7fcbcc98ebf5a897687268d6ecccc0c07b25e25ecfe584'],
    [47, '97687268d6ecccc0c07b25e25ecfe584b3fffd940c16a18c1b5549d2f838029e39312523a78662d5be7fcbcc98ebf5'],
    [
      64,
      '97687268d6ecccc0c07b25e25ecfe58439312523a78662d5be7fcbcc98ebf5a84807efe836ee89a526730dbc2f7bc8409dad8bbb96c4cdc03bc103e1a194bbd8',
    ],
  ];
  for (const [length, cipher] of rows) {
    expect(hex(aesCtsEncrypt(key, text.subarray(0, length)))).toBe(cipher);
    expect(hex(aesCtsDecrypt(key, bytes(cipher)))).toBe(hex(text.subarray(0, length)));
  }
  expect(hex(aesCtsDecrypt(key, aesCtsEncrypt(key, text.subarray(0, 16))))).toBe(hex(text.subarray(0, 16)));
});

describe('passwords become keys', () => {
  it('as in RFC 3962 B', async () => {
    const salt = ascii('ATHENA.MIT.EDUraeburn');
    expect(hex(await encryptionType(17)!.stringToKey('password', salt, 1))).toBe('42263c6e89f4fc28b8df68ee09799f15');
    expect(hex(await encryptionType(18)!.stringToKey('password', salt, 1200))).toBe(
      '55a6ac740ad17b4846941051e1e8b0a7548d93b0ab30a8bc3ff16280382b8c2a',
    );
    const clef = await encryptionType(17)!.stringToKey('\u{1d11e}', ascii('EXAMPLE.COMpianist'), 50);
    expect(hex(clef)).toBe('f149c1f2e154a73452d43e7fe62a56e5');
  });
  it('as in RFC 8009 A', async () => {
    const salt = bytes('10df9dd783e5bc8acea1730e74355f61 415448454e412e4d49542e4544557261656275726e');
    expect(hex(await encryptionType(19)!.stringToKey('password', salt, 32768))).toBe(
      '089bca48b105ea6ea77ca5d2f39dc5e7',
    );
    expect(hex(await encryptionType(20)!.stringToKey('password', salt, 32768))).toBe(
      '45bd806dbf6a833a9cffc1c94589a222367a79bc21c413718906e9f578a78467',
    );
  });
});

describe('RFC 8009 A', () => {
  const key19 = bytes('3705d96080c17728a0e800eab6e0d23c');
  const key20 = bytes('6d404d37faf79f9df0d33568d320669800eb4836472ea8a026d16b7182460c52');
  it('encrypts the same way', () => {
    const rows: [number, Uint8Array, string, string, string][] = [
      [
        19,
        key19,
        '7e5895eaf2672435bad817f545a37148',
        '',
        'ef85fb890bb8472f4dab20394dca781dad877eda39d50c870c0d5a0a8e48c718',
      ],
      [
        19,
        key19,
        '7bca285e2fd4130fb55b1a5c83bc5b24',
        '000102030405',
        '84d7f30754ed987bab0bf3506beb09cfb55402cef7e6877ce99e247e52d16ed4421dfdf8976c',
      ],
      [
        20,
        key20,
        'f764e9fa15c276478b2c7d0c4e5f58e4',
        '',
        '41f53fa5bfe7026d91faf9be959195a058707273a96a40f0a01960621ac612748b9bbfbe7eb4ce3c',
      ],
      [
        20,
        key20,
        '53bf8a0d105265d4e276428624ce5e63',
        '000102030405060708090a0b0c0d0e0f',
        'bc47ffec7998eb91e8115cf8d19dac4bbbe2e163e87dd37f49beca92027764f68cf51f14d798c2273f35df574d1f932e40c4ff255b36a266',
      ],
      [
        20,
        key20,
        'b80d3251c1f6471494256ffe712d0b9a',
        '000102030405',
        '4ed7b37c2bcac8f74f23c1cf07e62bc7b75fb3f637b9f559c7f664f69eab7b6092237526ea0d1f61cb20d69d10f2',
      ],
    ];
    for (const [id, key, confounder, plain, cipher] of rows) {
      const use = encryptionType(id)!.use(key, 2);
      const made = hex(use.encrypt(bytes(plain), bytes(confounder)))!;
      expect(hex(use.decrypt(bytes(made)))).toBe(plain);
      expect(made).toBe(cipher);
    }
  });
  it('makes the same checksums', () => {
    const text = bytes('000102030405060708090a0b0c0d0e0f1011121314');
    expect(hex(encryptionType(19)!.use(key19, 2).checksum(text))).toBe('d78367186643d67b411cba9139fc1dee');
    expect(hex(encryptionType(20)!.use(key20, 2).checksum(text))).toBe(
      '45ee791567eefca37f4ac1e0222de80d43c3bfa06699672a',
    );
  });
});

describe('every encryption type', () => {
  for (const id of [17, 18, 19, 20])
    it(`${encryptionType(id)!.name} finds every changed octet, another usage and another key`, () => {
      const type = encryptionType(id)!;
      const key = Uint8Array.from({ length: type.keyBytes }, (_, i) => i);
      for (const size of [0, 1, 15, 16, 17, 40]) {
        const plain = Uint8Array.from({ length: size }, (_, i) => i + 100);
        const cipher = type.use(key, 24).encrypt(plain, new Uint8Array(16).fill(9));
        expect(hex(type.use(key, 24).decrypt(cipher))).toBe(hex(plain));
        for (let at = 0; at < cipher.length; at++)
          expect(type.use(key, 24).decrypt(cipher.map((octet, i) => (i === at ? octet ^ 4 : octet)))).toBe(null);
        expect(type.use(key, 22).decrypt(cipher)).toBe(null);
        expect(
          type
            .use(
              key.map((octet) => octet ^ 1),
              24,
            )
            .decrypt(cipher),
        ).toBe(null);
        expect(type.use(key, 24).decrypt(cipher.subarray(0, 20))).toBe(null);
      }
    });
  it('that is broken is not there', () => {
    for (const id of [1, 3, 16, 23, 24]) expect(encryptionType(id)).toBe(null);
  });
});
