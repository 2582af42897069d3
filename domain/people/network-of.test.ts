import { expect, it } from 'vitest';
import { networkOf } from './network-of.ts';

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8::1', '2001:db8:0:0::'],
  ['2001:DB8:0:1:aaaa:bbbb:cccc:dddd', '2001:db8:0:1::'],
  ['2001:0db8:0:0001::7', '2001:db8:0:1::'],
  ['fe80::1%eth0', 'fe80:0:0:0::'],
  ['::1', '0:0:0:0::'],
  ['::', '0:0:0:0::'],
  ['1:2:3:4:5:6:192.0.2.7', '1:2:3:4::'],
  ['1:2:3::5:6:192.0.2.7', '1:2:3:0::'],
  ['', ''],
  ['nonsense', 'nonsense'],
])('counts %s as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
