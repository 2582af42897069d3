import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Machine } from '../install/machine.ts';
import type { Step } from '../install/plan.ts';
import { hookPlan, hookRemovalPlan, hookStatus } from './hook-plan.ts';
import { readHookSettings } from './hook-settings.ts';

let stateFolder: string;
beforeAll(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), 'atelier-hooks-'));
});
afterAll(() => rm(stateFolder, { recursive: true }));

const rules = '#%PAM-1.0\n@include common-auth\n@include common-session\n';
const unit = '/etc/systemd/system/atelier-agent.service';

/** A machine that notes what is done to it; the agent's own settings are written for true. */
function machine() {
  const there = new Map([
    ['/etc/pam.d/xrdp-sesman', rules],
    ['/etc/pam.d/other-desktops', rules],
    [unit, ''],
  ]);
  const done: string[] = [];
  const on: Machine = {
    exists: (path) => there.has(path),
    read: (path) => there.get(path) ?? null,
    write: async (path, text) => void there.set(path, text),
    remove: async (path) => {
      there.delete(path);
      if (path.startsWith(stateFolder)) await rm(path);
    },
    run: async (argv) => void done.push(argv.join(' ')),
  };
  const carryOut = async (steps: readonly Step[]) => {
    for (const one of steps) await one.act(on);
  };
  return { on, there, done, carryOut };
}

it('puts hooks in place once, moves them with the choice of services, and takes away what it put', async () => {
  const { on, there, done, carryOut } = machine();
  const choose = async (services?: readonly string[]) =>
    hookPlan(on, { stateFolder, ...(services ? { services } : {}) }, await readHookSettings(stateFolder));
  await carryOut(await choose());
  expect(hookStatus(on, await readHookSettings(stateFolder))).toEqual([
    { service: 'xrdp-sesman', sessions: true, passwords: true },
  ]);
  expect(there.get('/usr/local/lib/atelier-agent/session-hook')).toContain('/run/atelier-agent');
  expect(done).toEqual(['systemctl restart atelier-agent']);
  expect(await choose()).toEqual([]);

  await carryOut(await choose(['other-desktops']));
  expect(there.get('/etc/pam.d/xrdp-sesman')).toBe(rules);
  expect(there.get('/etc/pam.d/other-desktops')).toContain('session-hook');

  await carryOut(hookRemovalPlan(on, stateFolder, await readHookSettings(stateFolder), 'goes'));
  expect(Object.fromEntries(there)).toEqual(Object.fromEntries(machine().there));
  expect(done).toHaveLength(2);
  expect(hookRemovalPlan(on, stateFolder, await readHookSettings(stateFolder))).toEqual([]);
});

it('refuses services that PAM does not know, paths in place of names, and folders that a shell could misread', () => {
  const { on } = machine();
  for (const service of ['gdm', '../../etc/passwd', ''])
    expect(() => hookPlan(on, { stateFolder, services: [service] }, null)).toThrow('PAM has no service');
  for (const folder of ['relative', "/a'b", '/a b'])
    expect(() => hookPlan(on, { stateFolder, folder }, null)).toThrow('cannot lie');
});
