import { describe, expect, it } from 'vitest';
import { md4 } from './md4.ts';
import { Rc4, rc4 } from './rc4.ts';

const hex = (value: Uint8Array) => Buffer.from(value).toString('hex');

describe('MD4', () => {
  it('gives the digests of RFC 1320 appendix A.5', () => {
    const rows = {
      '': '31d6cfe0d16ae931b73c59d7e0c089c0',
      a: 'bde52cb31de33e46245e05fbdbd6fb24',
      abc: 'a448017aaf21d8525fc10ae87aa6729d',
      'message digest': 'd9130a8164549fe818874806e1c7014b',
      abcdefghijklmnopqrstuvwxyz: 'd79e1c308aa5bbcdeea8ed63df412da9',
      ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789: '043f8582f241db351ce627e153e7f0e4',
      '12345678901234567890123456789012345678901234567890123456789012345678901234567890':
        'e33b4ddc9c38f2199c3e7b164fcc0536',
    };
    for (const [text, digest] of Object.entries(rows)) expect(hex(md4(Buffer.from(text)))).toBe(digest);
  });
});

describe('RC4', () => {
  it('gives the key streams of RFC 6229 and goes on where it stopped', () => {
    const key = Buffer.from('0102030405060708090a0b0c0d0e0f10', 'hex');
    const whole = rc4(key, new Uint8Array(272));
    expect(hex(whole.subarray(0, 16))).toBe('9ac7cc9a609d1ef7b2932899cde41b97');
    const stream = new Rc4(key);
    expect(hex(stream.apply(new Uint8Array(5))) + hex(stream.apply(new Uint8Array(267)))).toBe(hex(whole));
    expect(hex(rc4(Buffer.from('Key'), Buffer.from('Plaintext')))).toBe('bbf316e8d940af0ad3');
    expect(hex(rc4(Buffer.from('Wiki'), Buffer.from('pedia')))).toBe('1021bf0420');
  });
});
