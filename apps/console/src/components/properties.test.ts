import { expect, it } from 'vitest';
import { formatProperties, parseProperties } from './properties.ts';

it('reads properties line by line, and names the line that is none', () => {
  const text = 'mac=52:54:00:12:34:56\nsite=1\nfast=true\nnote=a=b';
  const read = parseProperties(`${text}\n\n`);
  expect(read).toEqual({ properties: { mac: '52:54:00:12:34:56', site: 1, fast: true, note: 'a=b' } });
  if ('properties' in read) expect(formatProperties(read.properties)).toBe(text);
  expect(parseProperties('a=1\nnothing')).toEqual({ wrong: 'nothing' });
});
