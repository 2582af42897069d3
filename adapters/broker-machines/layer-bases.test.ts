import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { layerBases, layerName, readLayerBase, writeLayerBase } from './layer-bases.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-layers-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** As much of a qcow2 as says what it lies over. */
function layerOver(path: string): Buffer {
  const head = Buffer.alloc(1024);
  head.write('QFI\xfb', 0, 'latin1');
  head.writeUInt32BE(3, 4);
  head.writeBigUInt64BE(512n, 8);
  head.writeUInt32BE(Buffer.byteLength(path), 16);
  head.write(path, 512);
  return head;
}
async function machine(name: string, layer?: Buffer): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  if (layer) await writeFile(join(path, layerName), layer);
  return path;
}

it('knows what a layer lies over by what was said before it was made, and by the layer itself', async () => {
  expect(await layerBases(join(folder, 'nowhere'))).toEqual([]);
  const [said, found] = [
    await machine('said'),
    await machine('found', layerOver('/state/broker-images/office-2022-14.raw')),
  ];
  await writeLayerBase(said, { image: 'office', version: 3 });
  await machine('begun');
  await writeFile(join(folder, 'accelerator.json'), '{}');
  expect(await readLayerBase(found)).toEqual({ image: 'office-2022', version: 14 });
  expect(await layerBases(folder)).toEqual([
    { image: 'office-2022', version: 14 },
    { image: 'office', version: 3 },
  ]);
});

it.each([
  ['no layer', Buffer.from('raw bytes that are no qcow2 at all')],
  ['a disk of its own', layerOver('')],
  ['a layer over something else', layerOver('/home/me/disk.img')],
  [
    'a name longer than any',
    (() => {
      const head = layerOver('/x/a-1.raw');
      head.writeUInt32BE(0xffff_ffff, 16);
      return head;
    })(),
  ],
])('does not guess from %s', async (name, layer) => {
  await expect(readLayerBase(await machine(name, layer))).rejects.toThrow();
});
