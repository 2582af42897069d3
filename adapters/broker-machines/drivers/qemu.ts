import { mkdir, readdir, readFile, rm, stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { writeDurably } from '@atelier/adapters/durable-file';
import { attachVm, isVmRunning, probeAccelerator, qemuImg, startVm } from '@atelier/adapters/qemu';
import { environmentSettings, type VmSettings } from '@atelier/domain/broker';
import { AtelierError } from '@atelier/domain/errors';
import { z } from 'zod';
import type { OwnParts } from '../driver-parts.ts';
import { finding } from '../finding.ts';
import { type LayerBase, layerName, readLayerBase, writeLayerBase } from '../layer-bases.ts';
import type { Machine } from '../machine.ts';
import type { MachineDriver } from '../machine-driver.ts';

const placeSchema = z.object({ port: z.number().int() });
const idForm = /^[0-9A-HJKMNP-TV-Z]{26}$/i;
const shutdownMs = 20_000;
const attempts = 3;

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** A port that is free at this moment. */
async function freePort(address: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, address, resolve));
  const found = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof found !== 'object' || found === null) throw new Error('no port is free');
  return found.port;
}

/**
 * Virtual machines on the broker's own machine. Each has a folder in `folder`, named by its target: a layer over the image's disk, which holds what the
 * guest writes, and QEMU's files. They run on when the broker ends, also when it is killed, and any broker of this machine finds them.
 */
export function qemuDriver(given: unknown, parts: Pick<OwnParts, 'folder' | 'images'>): MachineDriver {
  const settings = environmentSettings.qemu.parse(given);
  const folderOf = ({ id }: Pick<Machine, 'id'>): string => {
    if (!idForm.test(id)) throw new Error(`${id} is no id of a target`);
    return join(parts.folder, id);
  };
  const stateOf = (machine: Pick<Machine, 'id'>): string => join(folderOf(machine), 'vm');
  const placeOf = async (machine: Machine) =>
    placeSchema.parse(JSON.parse(await readFile(join(folderOf(machine), 'place.json'), 'utf8')));

  const vmOf = ({ name, vm }: Machine): VmSettings => {
    if (!vm) throw new Error(`the collection of ${name} does not say what its machines are made of: set its vm.image`);
    return vm;
  };
  const newBase = async (machine: Machine): Promise<LayerBase> => {
    const { image, ...wanted } = vmOf(machine);
    const version = Number(machine.properties.version ?? (await parts.images.current(image, wanted)));
    return { image, version };
  };
  /** Makes the layer when there is none; one that is there stays, with what it was made of, which is brought here again when it is gone. */
  const disk = async (machine: Machine, signal: AbortSignal): Promise<string> => {
    const folder = folderOf(machine);
    const path = join(folder, layerName);
    const there = await isThere(path);
    const base = (there && (await readLayerBase(folder))) || (await newBase(machine));
    if (!there) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      // Said before the disk is taken: from here on nobody throws it away.
      await writeLayerBase(folder, base);
    }
    const below = await parts.images.disk(base.image, base.version, signal);
    if (!there) await qemuImg.createOverlay({ base: below, overlay: path });
    return path;
  };
  /** Whether KVM runs guests is found out once for each start of this machine. */
  const fastest = (signal: AbortSignal) =>
    probeAccelerator({ cacheFile: join(parts.folder, 'accelerator.json'), signal });

  const launch = async (machine: Machine, signal: AbortSignal): Promise<void> => {
    const { memoryMiB, cpus, hardware } = vmOf(machine);
    const system = await disk(machine, signal);
    const port = await freePort(settings.address);
    // Before the start: whoever finds the machine running must know where.
    await writeDurably(join(folderOf(machine), 'place.json'), JSON.stringify({ port }));
    const plain = hardware === 'plain';
    const vm = await startVm({
      name: machine.name.replaceAll(/[^A-Za-z0-9._-]/g, '-').slice(0, 64),
      stateDir: stateOf(machine),
      accelerator: settings.accelerator === 'best' ? await fastest(signal) : settings.accelerator,
      memoryMiB,
      vcpus: cpus,
      disks: [
        { path: system, format: 'qcow2', serial: 'atelier-system', role: 'system', bus: plain ? 'sata' : 'virtio' },
      ],
      network: 'user',
      networkModel: plain ? 'e1000' : 'virtio',
      forward: [{ address: settings.address, port, guestPort: 3389 }],
      signal,
    });
    // It belongs to whoever looks after the target, not to this process.
    vm.detach();
  };

  const end = async (machine: Pick<Machine, 'id'>, how: 'kill' | 'shutdown', signal: AbortSignal): Promise<void> => {
    const found = await attachVm({ stateDir: stateOf(machine), signal });
    if (found.kind === 'gone') return;
    if (how === 'kill') await found.vm.kill();
    else await found.vm.shutdown({ timeoutMs: shutdownMs, force: true, signal });
  };

  return {
    here: settings.machine === undefined || settings.machine === hostname(),
    power: async (machine) => ((await isVmRunning(stateOf(machine))) ? 'on' : 'off'),
    async start(machine, signal) {
      for (let attempt = 1; ; attempt++) {
        if (await isVmRunning(stateOf(machine))) return;
        try {
          await launch(machine, signal);
          return;
        } catch (error) {
          // Somebody else may have taken the port in the meantime.
          const again =
            error instanceof AtelierError && error.code === 'vm.start-failed' && /hostfwd|forward/i.test(error.message);
          if (!again || attempt === attempts) throw error;
        }
      }
    },
    stop: (machine, why, signal) => end(machine, why === 'off' ? 'shutdown' : 'kill', signal),
    async endpoints(machine) {
      return [{ address: settings.address, port: (await placeOf(machine)).port }];
    },
    async discard(machine, signal) {
      await end(machine, 'kill', signal);
      await rm(folderOf(machine), { recursive: true, force: true });
    },
    check: async (signal) => [
      await finding('qemu', async () => {
        const { accelerator } = settings;
        const found = accelerator === 'tcg' ? accelerator : await fastest(signal);
        if (accelerator === 'kvm' && found !== 'kvm') throw new Error('KVM runs no guests on this machine');
        return found === 'kvm' ? 'runs guests by KVM' : 'runs guests without KVM, which is slow';
      }),
      await finding('address', async () => {
        await freePort(settings.address);
        return `guests can be reached at ${settings.address}`;
      }),
      await finding('disks', async () => {
        await mkdir(parts.folder, { recursive: true, mode: 0o700 });
        const { bavail, bsize } = await statfs(parts.folder);
        return `${Math.floor((bavail * bsize) / 1_048_576)} MiB are free in ${parts.folder}`;
      }),
    ],
    async stopMade(id, signal) {
      if (!(await isVmRunning(stateOf({ id })))) return false;
      await end({ id }, 'shutdown', signal);
      return true;
    },
    made: async () => (await readdir(parts.folder).catch(() => [])).filter((one) => idForm.test(one)),
  };
}
