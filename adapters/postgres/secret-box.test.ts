import { expect, test } from 'vitest';
import { openSecret, sealSecret } from './secret-box.ts';

const key = Buffer.alloc(32, 7);

test('a secret comes out as it went in, and is sealed differently each time', () => {
  const sealed = sealSecret(key, 'ca/key', 'gehéim');
  expect(openSecret(key, 'ca/key', sealed)).toBe('gehéim');
  expect(sealed.includes('geh')).toBe(false);
  expect(sealSecret(key, 'ca/key', 'gehéim').equals(sealed)).toBe(false);
});

test('another key, another name, any changed byte and any shorter text are refused', () => {
  const sealed = sealSecret(key, 'ca/key', 'secret');
  const refused = expect.objectContaining({ code: 'database.secret-unreadable' });
  expect(() => openSecret(Buffer.alloc(32, 8), 'ca/key', sealed)).toThrow(refused);
  expect(() => openSecret(key, 'ca/other', sealed)).toThrow(refused);
  for (let place = 0; place < sealed.length; place++) {
    const changed = Buffer.from(sealed);
    changed[place]! ^= 1;
    expect(() => openSecret(key, 'ca/key', changed), `byte ${place}`).toThrow(refused);
    expect(() => openSecret(key, 'ca/key', sealed.subarray(0, place)), `cut at ${place}`).toThrow(refused);
  }
});
