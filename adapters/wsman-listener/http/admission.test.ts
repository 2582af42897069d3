import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { SettingsStore } from '../config/settings-store.ts';
import { defaultConfig, type ServiceConfig } from '../config/winrm-config.ts';
import { Admission } from './admission.ts';

const from = (remoteAddress: string, localAddress: string) =>
  Object.assign(new EventEmitter(), { remoteAddress, localAddress }) as unknown as Socket;
const admissionWith = (service: Partial<ServiceConfig>) =>
  new Admission(
    new SettingsStore({
      config: { ...defaultConfig, Service: { ...defaultConfig.Service, ...service } },
      listeners: [],
      certificateMappings: [],
    }),
  );

it('takes calls of this machine only when access from others is switched off', () => {
  const closed = admissionWith({ AllowRemoteAccess: false });
  const taken = (remote: string, local: string) => closed.take(from(remote, local));
  expect(taken('127.0.0.1', '127.0.0.1')).toBe(true);
  expect(taken('::ffff:127.0.0.1', '::ffff:127.0.0.1')).toBe(true);
  expect(taken('::1', '::1')).toBe(true);
  expect(taken('10.0.0.5', '10.0.0.5')).toBe(true);
  expect(taken('10.0.0.6', '10.0.0.5')).toBe(false);
  expect(taken('2001:db8::6', '2001:db8::5')).toBe(false);
  expect(admissionWith({}).take(from('10.0.0.6', '10.0.0.5'))).toBe(true);
});

it('looks at the address that was called, in the filter of its family', () => {
  const filtered = admissionWith({ IPv4Filter: '10.0.0.1-10.0.0.9', IPv6Filter: '' });
  const taken = (local: string) => filtered.take(from('10.9.9.9', local));
  expect(['10.0.0.5', '::ffff:10.0.0.5', '10.0.1.5', '::1', 'fe80::1'].map(taken)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

it('takes none when a filter was changed by hand to what nobody understands', () => {
  expect(admissionWith({ IPv4Filter: 'all' }).take(from('10.0.0.6', '10.0.0.5'))).toBe(false);
});

it('counts what is open', () => {
  const two = admissionWith({ MaxConnections: 2 });
  const first = from('10.0.0.6', '10.0.0.5');
  expect([two.take(first), two.take(from('::1', '::1')), two.take(from('::1', '::1'))]).toEqual([true, true, false]);
  first.emit('close');
  expect(two.take(from('::1', '::1'))).toBe(true);
});
