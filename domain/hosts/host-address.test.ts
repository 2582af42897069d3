import { describe, expect, it } from 'vitest';
import { completeAddress } from './host-address.ts';

describe('a host’s address', () => {
  it.each([
    ['web-1', 'https://web-1:5986/wsman'],
    ['web-1.example.org:443', 'https://web-1.example.org:443/wsman'],
    ['http://10.0.0.7', 'http://10.0.0.7:5985/wsman'],
    ['http://10.0.0.7:80', 'http://10.0.0.7:80/wsman'],
    ['https://[2001:db8::7]', 'https://[2001:db8::7]:5986/wsman'],
    ['https://h:5986/other', 'https://h:5986/other'],
  ])('%s is completed to %s', (text, whole) => {
    expect(completeAddress(text)).toBe(whole);
  });

  it.each(['', 'https://', 'ftp://h', 'https://user:secret@h', 'https://h/?a=b', 'a b'])('%o is none', (text) => {
    expect(completeAddress(text)).toBeNull();
  });
});
