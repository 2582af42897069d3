import { expect, it } from 'vitest';
import { formatAddress, parseAddress } from './target-address.ts';

it('reads addresses as people write them, and writes them back', () => {
  expect(parseAddress(' pc7 ')).toEqual({ address: 'pc7', port: 3389 });
  for (const text of ['pc7', 'rdsh1.example.org:3390', '192.0.2.5', '[2001:db8::7]', '[2001:db8::7]:3390'])
    expect(formatAddress(parseAddress(text)!)).toBe(text);
  for (const text of ['', 'a b', 'a:0', 'a:70000', '2001:db8::7', 'a:b', '[x]'])
    expect(parseAddress(text), text).toBeNull();
});
