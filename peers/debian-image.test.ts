import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildDebianSample } from '@atelier/adapters/debian-image';
import { startVm } from '@atelier/adapters/qemu';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { debianSampleV1, testCache } from './debian-sample.ts';

const run = promisify(execFile);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-sample-'));
  await debianSampleV1();
}, 900_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test('the second build comes from the cache, is small, sound, and differs by its label only', async () => {
  const target = join(folder, 'seven.raw');
  const steps: string[] = [];
  const built = await buildDebianSample({
    target,
    cacheDir: testCache,
    version: '7',
    onProgress: ({ step }) => steps.push(step),
  });
  expect(built).toEqual({ path: target, virtualSize: 2 * 1024 ** 3, cached: true });
  expect(steps).not.toContain('packages');
  expect((await stat(target)).blocks * 512).toBeLessThan(700 * 1024 ** 2);

  await run('e2fsck', ['-f', '-n', `${target}?offset=1048576`]);
  const { stdout } = await run('debugfs', ['-R', 'cat /etc/atelier-image', `${target}?offset=1048576`]);
  expect(stdout).toBe('NAME=debian-lab\nVERSION=7\n');
  await expect(run('cmp', ['-n', String(1024 ** 2), target, await debianSampleV1()])).resolves.toBeDefined();
});

test('the same label gives the same bytes', async () => {
  const again = join(folder, 'again.raw');
  await buildDebianSample({ target: again, cacheDir: testCache, version: '1' });
  await run('cmp', [again, await debianSampleV1()]);
});

test('nobody can sign in with a password, and nothing that must differ between guests is in it', async () => {
  const read = async (path: string) =>
    (await run('debugfs', ['-R', `cat ${path}`, `${await debianSampleV1()}?offset=1048576`])).stdout;
  const passwords = (await read('/etc/shadow'))
    .trim()
    .split('\n')
    .map((line) => line.split(':')[1]);
  expect(passwords.every((password) => /^[!*]/.test(password!))).toBe(true);
  expect(await read('/etc/machine-id')).toBe('');
  expect(await read('/var/lib/systemd/random-seed')).toBe('');
});

test('the screen shows a desktop to the person, who is signed in and can type', async () => {
  const vm = await startVm({
    name: 'screen',
    stateDir: join(folder, 's'),
    accelerator: 'tcg',
    memoryMiB: 512,
    vcpus: 1,
    disks: [{ path: await debianSampleV1(), format: 'raw', serial: 'system', role: 'system' }],
    network: 'none',
    snapshotOnly: true,
  });
  try {
    const started = performance.now();
    await vm.waitForGuest({ timeoutMs: 180_000 });
    const agentMs = performance.now() - started;
    const shown = async () => {
      const picture = join(folder, 'screen.png');
      await vm.screenshot(picture);
      return (await readFile(picture)).length;
    };
    const ready = async () => (await vm.agent.exec('/usr/bin/pgrep', ['-u', 'person', '-x', 'bash'])).stdout.toString();
    // two shells: the one that the console signed in, and the one in the desktop's first terminal
    while ((await ready()).split('\n').length < 3 || (await shown()) < 20_000) {
      expect(performance.now() - started).toBeLessThan(240_000);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    const screenMs = performance.now() - started;
    console.log(
      `guest agent after ${Math.round(agentMs / 100) / 10} s, screen after ${Math.round(screenMs / 100) / 10} s`,
    );
    const { stdout } = await vm.agent.exec('/usr/bin/systemctl', ['--failed', '--no-legend', '--plain']);
    expect(stdout.toString()).toBe('');
  } finally {
    await vm.kill();
  }
});

test('a build that is called off leaves neither target nor litter', async () => {
  const cacheDir = join(folder, 'cache');
  const target = join(folder, 'never.raw');
  const control = new AbortController();
  const building = buildDebianSample({
    target,
    cacheDir,
    version: '1',
    signal: control.signal,
    onProgress: ({ detail }) => detail.includes('downloading') && control.abort(new Error('enough')),
  });
  await expect(building).rejects.toThrow('enough');
  expect(await readdir(cacheDir)).toEqual([]);
  expect(await readdir(folder)).not.toContain('never.raw');
});
