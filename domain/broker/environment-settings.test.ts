import { expect, it } from 'vitest';
import { environmentDrivers, environmentIssues, environmentSecrets } from './environment-settings.ts';

const said = (driver: string, settings: unknown) =>
  environmentIssues(driver, settings).map((one) => one.path.join('.'));

it('says what is wrong with settings by the driver, and leaves those of plug-ins alone', () => {
  expect(said('qemu', {})).toEqual([]);
  expect(said('qemu', { address: 'here', accelerator: 'fast' })).toEqual(['address', 'accelerator']);
  expect(said('libvirt', {})).toEqual(['uri']);
  expect(said('libvirt', { uri: 'qemu+ssh://me@kvm1/system' })).toEqual([]);
  expect(said('ipmi', { user: 'operator' })).toEqual([]);
  expect(said('command', { program: 'switch' })).toEqual(['program']);
  expect(said('a-plug-in', { anything: 1 })).toEqual([]);
  expect(said('toString', 1)).toEqual([]);
});

it('refuses passwords where people read them', () => {
  expect(said('libvirt', { uri: 'qemu+tls://me:secret@kvm1/system' })).toEqual(['uri']);
  expect(said('ipmi', { user: 'operator', password: 'secret' })).toEqual(['password']);
});

it('knows the secrets of each driver', () => {
  expect(Object.keys(environmentSecrets)).toEqual(environmentDrivers);
});
