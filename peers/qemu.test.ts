import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, readFile, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { attachVm, probeAccelerator, qemuImg, startVm, type Vm, type VmOptions } from '@atelier/adapters/qemu';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { runTinyGuest } from '../adapters/qemu/probe-accelerator.ts';
import { debianSampleV1 } from './debian-sample.ts';

const bootMs = 180_000;
let folder: string;
let base: string;
const vms: Vm[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-qemu-'));
  base = await debianSampleV1();
}, 900_000);

afterEach(async () => {
  for (const vm of vms.splice(0)) if (vm.state.state !== 'ended') await vm.kill();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

let count = 0;
function options(given: Partial<VmOptions> & Pick<VmOptions, 'disks'>): VmOptions {
  const stateDir = join(folder, `vm${count++}`);
  return { name: 'peer', stateDir, accelerator: 'tcg', memoryMiB: 384, vcpus: 1, network: 'none', ...given };
}

async function start(given: Partial<VmOptions> & Pick<VmOptions, 'disks'>): Promise<Vm> {
  const vm = await startVm(options(given));
  vms.push(vm);
  return vm;
}

const systemDisk = (path: string, format: 'raw' | 'qcow2' = 'raw') =>
  ({ path, format, serial: 'system', role: 'system' }) as const;
const dataDisk = (path: string) => ({ path, format: 'qcow2', serial: 'atelier-data', role: 'data' }) as const;

async function overlayOf(raw: string): Promise<string> {
  const overlay = join(folder, `overlay${count++}.qcow2`);
  await qemuImg.createOverlay({ base: raw, overlay });
  return overlay;
}

async function blankDisk(): Promise<string> {
  const path = join(folder, `blank${count++}.raw`);
  await (await open(path, 'w')).close();
  await truncate(path, 4 * 1024 ** 2);
  return path;
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function shell(vm: Vm, script: string): Promise<string> {
  const { code, stdout, stderr } = await vm.agent.exec('/bin/sh', ['-c', script]);
  if (code !== 0) throw new Error(`"${script}" ended with ${code}: ${stderr}`);
  return stdout.toString().trim();
}

async function until(condition: () => Promise<boolean>, what: string, timeoutMs = 60_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeoutMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const alive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test('the probe finds an accelerator under which a guest runs, and remembers it', async () => {
  expect(await runTinyGuest('tcg')).toBe('ran');
  const cacheFile = join(folder, 'accelerator.json');
  const found = await probeAccelerator({ cacheFile });
  expect(await runTinyGuest(found)).toBe('ran');
  const started = performance.now();
  expect(await probeAccelerator({ cacheFile })).toBe(found);
  expect(performance.now() - started).toBeLessThan(100);
});

test('a guest boots, answers, runs programs, takes and gives files, shows its screen, and shuts down', async () => {
  const vm = await start({ disks: [systemDisk(await overlayOf(base), 'qcow2')], network: 'user' });
  await vm.waitForGuest({ timeoutMs: bootMs });
  expect(await vm.agent.osInfo()).toMatchObject({ id: 'debian' });
  expect(await vm.agent.hostName()).toBe('debian-lab');

  const echo = await vm.agent.exec('/bin/cat', ['-'], { input: 'grüße\n' });
  expect([echo.code, echo.stdout.toString()]).toEqual([0, 'grüße\n']);
  const failing = await vm.agent.exec('/bin/sh', ['-c', 'echo no >&2; exit 7']);
  expect([failing.code, failing.stderr.toString()]).toEqual([7, 'no\n']);
  await expect(vm.agent.exec('/no/such/program')).rejects.toMatchObject({ code: 'vm.agent-failed' });

  const bytes = Buffer.alloc(600_000, 'atelier ');
  await vm.agent.writeFile('/var/tmp/given', bytes);
  expect(await shell(vm, 'sha256sum < /var/tmp/given')).toContain(createHash('sha256').update(bytes).digest('hex'));
  expect((await vm.agent.readFile('/var/tmp/given')).equals(bytes)).toBe(true);
  await expect(vm.agent.readFile('/var/tmp/given', { limitBytes: 1000 })).rejects.toThrow('longer than 1000 bytes');

  await vm.agent.setUserPassword('person', 'not the real one');
  expect(await shell(vm, 'cut -d: -f1,2 /etc/shadow | grep ^person:')).toMatch(/^person:\$/);
  await vm.agent.setTime();
  await vm.agent.sync();

  await until(async () => (await vm.consoleTail()).some((line) => line.includes('is up')), 'the console line');
  expect((await vm.consoleTail()).join('\n')).toContain('debian-lab version 1 is up');
  await until(async () => (await vm.agent.addresses()).includes('10.0.2.15'), 'the address');

  const picture = join(folder, 'screen.png');
  await vm.screenshot(picture);
  const png = await readFile(picture);
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(png.length).toBeGreaterThan(1500);

  expect(await vm.shutdown({ timeoutMs: 90_000 })).toEqual({ state: 'ended', reason: 'shutdown' });
  expect(alive(vm.pid)).toBe(false);
  await expect(vm.qmp('query-status')).rejects.toMatchObject({ code: 'vm.not-running' });
});

test('a saved VM goes on where it was, once', async () => {
  const disks = [systemDisk(await overlayOf(base), 'qcow2')];
  const first = await start({ disks });
  await first.waitForGuest({ timeoutMs: bootMs });
  await shell(
    first,
    'echo 0 > /run/counter; setsid sh -c "n=0; while :; do n=\\$((n+1)); echo \\$n > /run/counter; sleep 0.2; done" > /dev/null 2>&1 &',
  );
  await until(async () => Number(await shell(first, 'cat /run/counter')) > 3, 'the counter');
  const booted = await shell(first, 'cat /proc/sys/kernel/random/boot_id');
  const before = Number(await shell(first, 'cat /run/counter'));

  const file = join(folder, 'saved.vm');
  expect(await first.suspend({ file })).toEqual({ state: 'ended', reason: 'suspended' });
  expect(alive(first.pid)).toBe(false);
  expect((await stat(file)).mode & 0o777).toBe(0o600);

  await expect(startVm(options({ disks, resume: file, memoryMiB: 512 }))).rejects.toMatchObject({
    code: 'vm.resume-failed',
  });
  const second = await start({ disks, resume: file });
  await second.waitForGuest({ timeoutMs: 30_000 });
  expect(await shell(second, 'cat /proc/sys/kernel/random/boot_id')).toBe(booted);
  await until(async () => Number(await shell(second, 'cat /run/counter')) > before, 'the counter goes on');
  await expect(stat(file)).rejects.toThrow('ENOENT');
  await expect(startVm(options({ disks, resume: file }))).rejects.toMatchObject({ code: 'vm.resume-failed' });

  // a file that was cut short is refused, and the disks stay as they are
  await second.suspend({ file });
  await truncate(file, Math.floor((await stat(file)).size / 2));
  const untouched = await sha256(disks[0]!.path);
  await expect(startVm(options({ disks, resume: file }))).rejects.toMatchObject({ code: 'vm.resume-failed' });
  expect(await sha256(disks[0]!.path)).toBe(untouched);
});

test('a save that cannot be written leaves the guest running', async () => {
  const vm = await start({ disks: [systemDisk(await blankDisk())], memoryMiB: 64 });
  await expect(vm.suspend({ file: join(folder, 'no', 'such', 'folder') })).rejects.toMatchObject({
    code: 'vm.suspend-failed',
  });
  expect(await vm.qmp('query-status')).toMatchObject({ status: 'running' });
  expect(vm.state).toEqual({ state: 'running' });
});

test('a VM outlives the process that started it, and another takes it over', async () => {
  const given = options({ disks: [systemDisk(base)], snapshotOnly: true });
  const program = `
    import { startVm } from '@atelier/adapters/qemu';
    const vm = await startVm(JSON.parse(process.argv[1]));
    await vm.waitForGuest({ timeoutMs: ${bootMs} });
    await vm.agent.writeFile('/run/mark', 'left by the first owner');
    console.log(vm.pid);
    setInterval(() => vm.agent.ping().catch(() => {}), 5);
  `;
  const root = join(import.meta.dirname, '..');
  const args = ['--input-type=module', '-e', program, JSON.stringify(given)];
  const owner = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = Number(String(await new Promise((resolve) => owner.stdout.once('data', resolve))));
  owner.kill('SIGKILL'); // in the middle of a conversation with the agent
  await new Promise((resolve) => owner.once('exit', resolve));

  await expect(startVm(given)).rejects.toMatchObject({ code: 'vm.already-running' });
  const found = await attachVm({ stateDir: given.stateDir });
  if (found.kind !== 'running') throw new Error(`gone: ${found.stderr}`);
  vms.push(found.vm);
  expect(found.vm.pid).toBe(pid);
  expect(found.vm.state).toEqual({ state: 'running' });
  await found.vm.waitForGuest({ timeoutMs: 30_000 });
  expect((await found.vm.agent.readFile('/run/mark')).toString()).toBe('left by the first owner');

  // it is watched like one of our own
  process.kill(pid, 'SIGKILL');
  expect(await found.vm.ended).toMatchObject({ state: 'ended', reason: 'crashed' });
  expect(await attachVm({ stateDir: given.stateDir })).toMatchObject({ kind: 'gone' });
});

test('a killed QEMU is a crash with its own words', async () => {
  const vm = await start({ disks: [systemDisk(await blankDisk())], memoryMiB: 64 });
  const seen: string[] = [];
  vm.onState((state) => seen.push(state.state === 'ended' ? state.reason : state.state));
  await vm.pause();
  await vm.unpause();
  process.kill(vm.pid, 'SIGTERM');
  const end = await vm.ended;
  expect(end).toMatchObject({ reason: 'crashed' });
  expect(end.reason === 'crashed' && end.stderr.join()).toContain('terminating on signal 15');
  expect(seen).toEqual(['paused', 'running', 'crashed']);
  await expect(vm.waitForGuest({ timeoutMs: 1000 })).rejects.toMatchObject({ code: 'vm.crashed' });
});

test('a guest that never boots is told apart quickly, with the last words of its console', async () => {
  const vm = await start({ disks: [systemDisk(await blankDisk())], memoryMiB: 64 });
  await expect(vm.waitForGuest({ timeoutMs: 2000 })).rejects.toMatchObject({
    code: 'vm.boot-timeout',
    message: expect.stringContaining('No bootable device'),
  });
  await expect(vm.shutdown({ timeoutMs: 1000 })).rejects.toMatchObject({ code: 'vm.shutdown-timeout' });
  expect(await vm.shutdown({ timeoutMs: 500, force: true })).toEqual({ state: 'ended', reason: 'killed' });
});

test('what QEMU refuses is told in its own words, and nothing is left running', async () => {
  const given = options({ disks: [systemDisk(join(folder, 'missing.raw'))] });
  await expect(startVm(given)).rejects.toMatchObject({
    code: 'vm.start-failed',
    message: expect.stringContaining('No such file or directory'),
  });
  expect(await attachVm({ stateDir: given.stateDir })).toMatchObject({ kind: 'gone' });
});

test('a test run changes no byte of a disk', async () => {
  const data = join(folder, `data${count++}.qcow2`);
  await qemuImg.createDataDisk({ path: data, sizeBytes: 256 * 1024 ** 2 });
  const before = [await sha256(base), await sha256(data)];
  const vm = await start({ disks: [systemDisk(base), dataDisk(data)], snapshotOnly: true });
  await vm.waitForGuest({ timeoutMs: bootMs });
  await shell(vm, 'dd if=/dev/urandom of=/var/tmp/x bs=1M count=8 && echo kept > /home/person/note && sync');
  await expect(vm.suspend({ file: join(folder, 'no') })).rejects.toMatchObject({ code: 'vm.suspend-failed' });
  await vm.shutdown({ timeoutMs: 90_000 });
  expect([await sha256(base), await sha256(data)]).toEqual(before);
});
