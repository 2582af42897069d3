import { expect, it } from 'vitest';
import { certifiedNames } from './certified-names.ts';

it('are those of the host, then those of the brokers, each once, without ports', () => {
  const own = ['RDSH1.example.org.', '10.0.0.7', 'fd00::7', null];
  const brokers = ['desk.example.org:3390', '[fd00::1]:3389', 'fd00::2', 'rdsh1.example.org', 'broker1'];
  expect(certifiedNames(own, brokers)).toEqual([
    'rdsh1.example.org',
    '10.0.0.7',
    'fd00::7',
    'desk.example.org',
    'fd00::1',
    'fd00::2',
    'broker1',
  ]);
});

it.each([
  'localhost',
  'x.localhost',
  '127.0.0.1',
  '::1',
  '0.0.0.0',
  '',
  '*.example.org',
  'a b',
  '-x.example.org',
  `${'a'.repeat(64)}.example.org`,
])('are never “%s”', (name) => {
  expect(certifiedNames([name], [name])).toEqual([]);
});
