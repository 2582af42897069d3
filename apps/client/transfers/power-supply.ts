import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Whether the computer runs on its battery: it has one that discharges, and no mains that is plugged in. Batteries of mice and
 * the like (scope `Device`) do not count. False where nothing is known, as on desktops and in virtual machines.
 */
export async function onBattery(root = '/sys/class/power_supply'): Promise<boolean> {
  const names = await readdir(root).catch(() => []);
  let discharging = false;
  for (const name of names) {
    const read = async (file: string) =>
      (await readFile(join(root, name, file), 'utf8').catch(() => '')).trim().toLowerCase();
    if ((await read('scope')) === 'device') continue;
    const type = await read('type');
    if (type === 'battery') discharging ||= (await read('status')) === 'discharging';
    else if ((await read('online')) === '1') return false;
  }
  return discharging;
}
