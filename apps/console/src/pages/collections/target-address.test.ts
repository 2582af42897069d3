import { expect, it } from 'vitest';
import { formatAddress, formatProperties, parseAddress, parseProperties } from './target-address.ts';

it('reads addresses as people write them, and writes them back', () => {
  expect(parseAddress(' pc7 ')).toEqual({ address: 'pc7', port: 3389 });
  for (const text of ['pc7', 'rdsh1.example.org:3390', '192.0.2.5', '[2001:db8::7]', '[2001:db8::7]:3390'])
    expect(formatAddress(parseAddress(text)!)).toBe(text);
  for (const text of ['', 'a b', 'a:0', 'a:70000', '2001:db8::7', 'a:b', '[x]'])
    expect(parseAddress(text), text).toBeNull();
});

it('reads properties line by line, and names the line that is none', () => {
  const text = 'mac=52:54:00:12:34:56\nsite=1\nfast=true\nnote=a=b';
  const read = parseProperties(`${text}\n\n`);
  expect(read).toEqual({ properties: { mac: '52:54:00:12:34:56', site: 1, fast: true, note: 'a=b' } });
  if ('properties' in read) expect(formatProperties(read.properties)).toBe(text);
  expect(parseProperties('a=1\nnothing')).toEqual({ wrong: 'nothing' });
});
