import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { meteredLink, readMetered } from './metered-link.ts';
import { onBattery } from './power-supply.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-conditions-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const supply = async (name: string, files: Record<string, string>) => {
  await mkdir(join(folder, name), { recursive: true });
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, name, file), `${text}\n`);
};

it('knows a computer on its battery by the files of the kernel', async () => {
  expect(await onBattery(join(folder, 'nowhere'))).toBe(false);
  expect(await onBattery(folder)).toBe(false);
  await supply('hidpp_battery_0', { type: 'Battery', scope: 'Device', status: 'Discharging' });
  expect(await onBattery(folder)).toBe(false);
  await supply('BAT0', { type: 'Battery', status: 'Discharging' });
  await supply('AC', { type: 'Mains', online: '0' });
  expect(await onBattery(folder)).toBe(true);
  await supply('AC', { online: '1' });
  expect(await onBattery(folder)).toBe(false);
  await supply('AC', { online: '0' });
  await supply('BAT0', { status: 'Charging' });
  expect(await onBattery(folder)).toBe(false);
  await supply('ucsi-source-psy-1', { type: 'USB', online: '1' });
  await supply('BAT0', { status: 'Discharging' });
  expect(await onBattery(folder)).toBe(false);
});

const device = (state: string, metered: string, gateway: string) =>
  `GENERAL.STATE:${state}\nGENERAL.METERED:${metered}\nIP4.GATEWAY:${gateway}\nIP6.GATEWAY:\n`;

it('knows a metered link by the words of nmcli', () => {
  expect(readMetered('')).toBeNull();
  expect(readMetered(device('100 (connected)', 'yes', '192.168.43.1'))).toBe(true);
  expect(readMetered(device('100 (connected)', 'yes (guessed)', '192.168.43.1'))).toBe(true);
  expect(readMetered(device('100 (connected)', 'no (guessed)', '10.0.0.1'))).toBe(false);
  expect(readMetered(device('100 (connected)', 'unknown', '10.0.0.1'))).toBeNull();
  expect(readMetered(device('30 (disconnected)', 'yes', '10.0.0.1'))).toBeNull();
  expect(readMetered(device('100 (connected)', 'yes', ''))).toBeNull();
  const both = [device('100 (connected)', 'no', '10.0.0.1'), device('100 (connected)', 'yes', '10.0.1.1')].join('\n');
  expect(readMetered(both)).toBe(true);
});

it('asks the program, and takes one that is not there or fails for not knowing', async () => {
  const program = join(folder, 'nmcli');
  expect(await meteredLink(program)).toBeNull();
  await writeFile(program, `#!/bin/sh\ncat <<'.'\n${device('100 (connected)', 'yes', '10.0.0.1')}.\n`);
  await chmod(program, 0o755);
  expect(await meteredLink(program)).toBe(true);
  await writeFile(program, '#!/bin/sh\nexit 8\n');
  expect(await meteredLink(program)).toBeNull();
});
