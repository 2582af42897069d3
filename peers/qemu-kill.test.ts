import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { attachVm, qemuImg, startVm, type Vm, type VmOptions } from '@atelier/adapters/qemu';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { debianSampleV1 } from './debian-sample.ts';

const root = join(import.meta.dirname, '..');
let folder: string;
let vm: Vm | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-kill-'));
  await debianSampleV1();
}, 900_000);

afterAll(async () => {
  await vm?.kill();
  await rm(folder, { recursive: true, force: true });
});

/** Runs a program of ours and kills it hard `afterMs` after it says that it begins. */
async function killDuring(program: string, argument: unknown, afterMs: number): Promise<void> {
  const args = ['--input-type=module', '-e', program, JSON.stringify(argument)];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), ended]);
  await sleep(afterMs);
  child.kill('SIGKILL');
  await ended;
}

const saving = `
  import { attachVm } from '@atelier/adapters/qemu';
  const { stateDir, file } = JSON.parse(process.argv[1]);
  const { vm } = await attachVm({ stateDir });
  console.log('begin');
  await vm.suspend({ file });
  process.exit();
`;
const resuming = `
  import { startVm } from '@atelier/adapters/qemu';
  console.log('begin');
  await startVm(JSON.parse(process.argv[1]));
`;

test('killed at any moment of saving or resuming, the guest is never lost', async () => {
  const overlay = join(folder, 'overlay.qcow2');
  await qemuImg.createOverlay({ base: await debianSampleV1(), overlay });
  const file = join(folder, 'saved.vm');
  const stateDir = join(folder, 's');
  const options: VmOptions = {
    name: 'kill',
    stateDir,
    accelerator: 'tcg',
    memoryMiB: 256,
    vcpus: 1,
    disks: [{ path: overlay, format: 'qcow2', serial: 'system', role: 'system' }],
    network: 'none',
  };
  vm = await startVm(options);
  await vm.waitForGuest({ timeoutMs: 240_000 });
  const bootId = async () => (await vm!.agent.readFile('/proc/sys/kernel/random/boot_id')).toString();
  const first = await bootId();

  const outcomes: string[] = [];
  const settled = async (what: string) => {
    const found = await attachVm({ stateDir });
    outcomes.push(`${what}: ${found.kind === 'running' ? 'went on' : 'in the file'}`);
    if (found.kind === 'gone') expect(existsSync(file)).toBe(true);
    vm = found.kind === 'running' ? found.vm : undefined;
  };
  for (const afterMs of [0, 30, 100, 250, 500, 900, 1500, 4000]) {
    if (vm) {
      vm.detach();
      await killDuring(saving, { stateDir, file }, afterMs);
      await settled(`saving ${afterMs} ms`);
    }
    if (!vm) {
      await killDuring(resuming, { ...options, resume: file }, afterMs);
      await settled(`resuming ${afterMs} ms`);
    }
    vm ??= await startVm({ ...options, resume: file });
    await vm.waitForGuest({ timeoutMs: 60_000 });
    expect(await bootId(), outcomes.join(', ')).toBe(first);
  }
  console.log(outcomes.join('\n'));
}, 600_000);
