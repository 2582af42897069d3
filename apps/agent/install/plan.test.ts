import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSettings } from '../state/settings-file.ts';
import type { Machine } from './machine.ts';
import { installPlan, type Step, uninstallPlan } from './plan.ts';
import { serviceUnit } from './service-unit.ts';

let stateFolder: string;
beforeAll(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), 'atelier-plan-'));
});
afterAll(() => rm(stateFolder, { recursive: true }));

/** A machine that notes what is done to it. */
function machine(files: readonly string[]) {
  const there = new Map(files.map((path) => [path, '']));
  const done: string[] = [];
  const on: Machine = {
    exists: (path) => there.has(path),
    read: (path) => there.get(path) ?? null,
    write: async (path, text) => void there.set(path, text),
    remove: async (path) => void there.delete(path),
    run: async (argv) => void done.push(argv.join(' ')),
  };
  return { on, there, done };
}
const carryOut = async (steps: readonly Step[], on: Machine) => {
  for (const one of steps) await one.act(on);
};

describe('installing the agent', () => {
  it('writes the unit that is packaged', async () => {
    const packaged = join(import.meta.dirname, '../../../packaging/systemd/atelier-agent.service');
    expect(await readFile(packaged, 'utf8')).toBe(serviceUnit('/opt/atelier/bin/atelier.mjs'));
  });

  it('does what is missing, once', async () => {
    const { on, there, done } = machine([]);
    const choices = { transport: 'https', program: '/opt/atelier/bin/atelier.mjs', stateFolder } as const;
    const steps = await installPlan(on, choices);
    expect(steps.map((one) => one.what.split(' ')[0])).toEqual(['install', 'write', 'listen', 'write', 'start']);
    await carryOut(steps, on);
    expect(done.at(-1)).toBe('systemctl enable --now atelier-agent');
    expect(there.get('/etc/systemd/system/atelier-agent.service')).toContain(
      'ExecStart=/opt/atelier/bin/atelier.mjs agent run',
    );
    there.set(`${stateFolder}/winrm.json`, '').set('/usr/bin/pamtester', '');
    expect(await installPlan(on, choices)).toEqual([]);
    const more = await installPlan(on, { ...choices, transport: 'both' });
    expect(more.map((one) => one.what)).toEqual([expect.stringContaining('5985'), 'start the service anew']);
    await carryOut(more, on);
    const { listeners } = (await openSettings(stateFolder)).current;
    expect(listeners.map((one) => [one.transport, one.port])).toEqual([
      ['HTTPS', 5986],
      ['HTTP', 5985],
    ]);
  });

  it('registers first of all, so that a bad token leaves the machine as it was', async () => {
    const { on, there } = machine([]);
    const enrollment = { server: 'https://atelier.example.org', token: 'ath_x.short', runAs: 'root' };
    const choices = { transport: 'https', program: '/opt/atelier/bin/atelier.mjs', stateFolder, enrollment } as const;
    const steps = await installPlan(on, choices);
    expect(steps[0]!.what).toMatch(
      /^register with https:\/\/atelier\.example\.org, listen on port 5986 .* act as root$/,
    );
    expect(steps.filter((one) => one.what.startsWith('listen'))).toEqual([]);
    await expect(carryOut(steps, on)).rejects.toMatchObject({ code: 'host.token-invalid' });
    expect([...there.keys()]).toEqual([]);
  });

  it('is undone, and keeps the state unless it is told otherwise', async () => {
    const { on, there } = machine(['/etc/systemd/system/atelier-agent.service', '/etc/pam.d/atelier', stateFolder]);
    await carryOut(uninstallPlan(on, stateFolder, false), on);
    expect([...there.keys()]).toEqual([stateFolder]);
    await carryOut(uninstallPlan(on, stateFolder, true), on);
    expect(uninstallPlan(on, stateFolder, true)).toEqual([]);
  });
});
