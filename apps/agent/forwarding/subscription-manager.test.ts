import { expect, it } from 'vitest';
import { parseSubscriptionManager, writeSubscriptionManager } from './subscription-manager.ts';

const whole = 'https://collector.example.org:8443/wsman/SubscriptionManager/WEC';

it('reads what Windows’ policy says', () => {
  expect(parseSubscriptionManager(`Server=${whole},Refresh=60`)).toEqual({ server: whole, refresh: 60, issuer: null });
  const issuer = '00112233445566778899AABBCCDDEEFF00112233';
  const spaced = `SERVER=${whole}, refresh=5, IssuerCA=00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff 00 11 22 33`;
  expect(parseSubscriptionManager(spaced)).toEqual({ server: whole, refresh: 5, issuer });
  expect(parseSubscriptionManager(`Server=${whole}`).refresh).toBe(900);
  expect(writeSubscriptionManager(parseSubscriptionManager(spaced))).toBe(
    `Server=${whole},Refresh=5,IssuerCA=${issuer}`,
  );
});

it.each([
  '',
  whole,
  'Server=http://collector/wsman/SubscriptionManager/WEC',
  'Server=https://user:secret@collector/',
  `Server=${whole},Refresh=0`,
  `Server=${whole},Refresh=soon`,
  `Server=${whole},Server=${whole}`,
  `Server=${whole},IssuerCA=12`,
  `Server=${whole},Colour=blue`,
])('refuses %o', (text) => {
  expect(() => parseSubscriptionManager(text)).toThrow(expect.objectContaining({ code: 'request.invalid' }));
});
