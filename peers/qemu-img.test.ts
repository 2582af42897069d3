import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type DiskFormat, qemuImg } from '@atelier/adapters/qemu';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const mib = 1024 ** 2;
let folder: string;
let raw: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-disks-'));
  raw = join(folder, 'made.raw');
  // content with a hole: 1 MiB of a pattern, 6 MiB of nothing, 1 MiB of another
  await writeFile(raw, Buffer.concat([Buffer.alloc(mib, 'begin'), Buffer.alloc(6 * mib), Buffer.alloc(mib, 'end')]));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const formats: readonly DiskFormat[] = ['raw', 'qcow2', 'vmdk', 'vhdx', 'vpc'];

test.each(formats)('a %s disk comes out as the raw disk that went in', async (format) => {
  const source = join(folder, `disk, with=comma.${format}`);
  await run('qemu-img', ['convert', '-f', 'raw', '-O', format, raw, source]);
  const found = await qemuImg.info(source);
  expect(found.format).toBe(format === 'vpc' ? 'vpc' : format);
  const target = join(folder, `out-${format}.raw`);
  const progress: number[] = [];
  await qemuImg.toRaw({ source, target, onProgress: (fraction) => progress.push(fraction) });
  const [before, after] = [await readFile(raw), await readFile(target)];
  // a vpc rounds up to whole cylinders
  expect(after.length).toBe(found.virtualSize);
  expect(after.subarray(0, before.length).equals(before)).toBe(true);
  expect(progress.at(-1)).toBe(1);
  expect((await stat(target)).blocks * 512).toBeLessThan(4 * mib);
});

test('a disk that refers to a file of this machine is not opened', async () => {
  const secret = join(folder, 'secret.raw');
  await writeFile(secret, Buffer.alloc(mib, 's'));
  const backed = join(folder, 'backed.qcow2');
  await run('qemu-img', ['create', '-f', 'qcow2', '-b', secret, '-F', 'raw', backed]);
  const external = join(folder, 'external.qcow2');
  await run('qemu-img', [
    'create',
    '-f',
    'qcow2',
    '-o',
    `data_file=${join(folder, 'ext.raw')},data_file_raw=on`,
    external,
    '1M',
  ]);
  const flat = join(folder, 'flat.vmdk');
  await run('qemu-img', ['create', '-f', 'vmdk', '-o', 'subformat=monolithicFlat', flat, '1M']);
  const linked = join(folder, 'linked.vmdk');
  const parent = join(folder, 'parent.vmdk');
  await run('qemu-img', ['create', '-f', 'vmdk', parent, '1M']);
  await run('qemu-img', ['create', '-f', 'vmdk', '-b', parent, '-F', 'vmdk', linked]);
  for (const source of [backed, external, flat, linked]) {
    const refused = { code: 'image.foreign-reference' };
    await expect(qemuImg.info(source), source).rejects.toMatchObject(refused);
    await expect(qemuImg.toRaw({ source, target: join(folder, 'never.raw') }), source).rejects.toMatchObject(refused);
  }
  expect(await readdir(folder)).not.toContain('never.raw');
});

test('what is damaged, too large, stated wrongly or missing is refused, and nothing is left behind', async () => {
  const huge = join(folder, 'huge.qcow2');
  await run('qemu-img', ['create', '-f', 'qcow2', huge, '8T']);
  await expect(qemuImg.info(huge)).rejects.toMatchObject({ code: 'image.too-large' });
  await expect(qemuImg.info(huge, { maxVirtualSize: 16 * 1024 ** 4 })).resolves.toMatchObject({ format: 'qcow2' });

  const target = join(folder, 'never.raw');
  for (const format of ['qcow2', 'vmdk', 'vhdx', 'vpc']) {
    const cut = join(folder, `cut.${format}`);
    await run('qemu-img', ['convert', '-f', 'raw', '-O', format, raw, cut]);
    await truncate(cut, (await stat(cut)).size - 400_000);
    await expect(qemuImg.toRaw({ source: cut, target }), format).rejects.toMatchObject({ code: 'image.bad-disk-file' });
  }
  await expect(qemuImg.info(raw, { format: 'qcow2' })).rejects.toMatchObject({ code: 'image.bad-disk-file' });
  await expect(qemuImg.info(join(folder, 'no'))).rejects.toMatchObject({ code: 'image.bad-disk-file' });
  expect((await readdir(folder)).filter((name) => name.startsWith('never'))).toEqual([]);
});

test('a conversion can be called off, and has its time', async () => {
  const target = join(folder, 'never.raw');
  await expect(qemuImg.toRaw({ source: raw, target, signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
    'enough',
  );
  await expect(qemuImg.toRaw({ source: raw, target, timeoutMs: 1 })).rejects.toMatchObject({ code: 'vm.timeout' });
  expect((await readdir(folder)).filter((name) => name.startsWith('never'))).toEqual([]);
});

test('an overlay stands on its base by its full path, and a data disk is blank', async () => {
  const overlay = join(folder, 'overlay.qcow2');
  await qemuImg.createOverlay({ base: raw, overlay });
  const { stdout } = await run('qemu-img', ['info', '--output=json', overlay]);
  expect(JSON.parse(stdout)).toMatchObject({
    'backing-filename': raw,
    'backing-filename-format': 'raw',
    'virtual-size': 8 * mib,
  });
  await expect(qemuImg.createOverlay({ base: join(folder, 'no'), overlay: join(folder, 'o2') })).rejects.toThrow();

  const data = join(folder, 'data.qcow2');
  await qemuImg.createDataDisk({ path: data, sizeBytes: 1024 ** 3 });
  expect(await qemuImg.info(data)).toMatchObject({ format: 'qcow2', virtualSize: 1024 ** 3 });
  expect((await stat(data)).blocks * 512).toBeLessThan(mib);
});
