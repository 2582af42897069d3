import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '@atelier/adapters/durable-file';
import { z } from 'zod';

/** The version of an image that a machine's layer lies over. */
export interface LayerBase {
  readonly image: string;
  readonly version: number;
}

const baseSchema = z.object({ image: z.string(), version: z.number().int() });
const fileName = 'made-of.json';
export const layerName = 'disk.qcow2';

/** Says what a machine's layer is made of; before it is made, so that the disk below it is not thrown away meanwhile. */
export const writeLayerBase = (folder: string, base: LayerBase): Promise<void> =>
  writeDurably(join(folder, fileName), JSON.stringify(base));

/** What the machine's layer in a folder is made of, or is about to be; null when there is none. Throws when it cannot be told. */
export async function readLayerBase(folder: string): Promise<LayerBase | null> {
  const said = await readFile(join(folder, fileName), 'utf8').catch(none);
  if (said !== null) return baseSchema.parse(JSON.parse(said));
  const path = join(folder, layerName);
  if ((await stat(path).catch(none)) === null) return null;
  // Made before layers said so: by what QEMU itself keeps.
  const backing = await backingFile(path);
  const match = /([^/]+)-(\d+)\.raw$/.exec(backing);
  if (!match) throw new Error(`it cannot be told which version of an image ${path} lies over ("${backing}")`);
  return { image: match[1]!, version: Number(match[2]) };
}

/** What the layers of all machines in `machines` lie over. Throws when it cannot be told of one. */
export async function layerBases(machines: string): Promise<readonly LayerBase[]> {
  const found: LayerBase[] = [];
  for (const name of (await readdir(machines).catch(none)) ?? []) {
    const base = await readLayerBase(join(machines, name)).catch((error: NodeJS.ErrnoException) =>
      error.code === 'ENOTDIR' ? null : Promise.reject(error),
    );
    if (base) found.push(base);
  }
  return found;
}

const none = (error: NodeJS.ErrnoException): null => {
  if (error.code === 'ENOENT') return null;
  throw error;
};

/** The name of the backing file in the header of a qcow2 (docs/interop/qcow2 of QEMU: bytes 8 to 19). */
async function backingFile(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(20);
    await file.read(head, 0, 20, 0);
    const [at, length] = [Number(head.readBigUInt64BE(8)), head.readUInt32BE(16)];
    if (head.readUInt32BE(0) !== 0x51_46_49_fb || at === 0 || length > 1023)
      throw new Error(`${path} is no layer over a disk`);
    const name = Buffer.alloc(length);
    await file.read(name, 0, length, at);
    return name.toString('utf8');
  } finally {
    await file.close();
  }
}
