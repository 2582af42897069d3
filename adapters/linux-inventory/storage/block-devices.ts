import type { LinuxHost } from '../linux-host.ts';

/** A whole disk. Sizes in bytes. */
export interface BlockDisk {
  readonly name: string;
  readonly index: number;
  readonly size: number;
  readonly sector: number;
  readonly model: string | null;
  readonly vendor: string | null;
  readonly serial: string | null;
  readonly firmware: string | null;
  readonly removable: boolean;
  readonly partitions: readonly BlockPartition[];
}

export interface BlockPartition {
  readonly name: string;
  readonly index: number;
  readonly start: number;
  readonly size: number;
  readonly readOnly: boolean;
}

/** Linux counts disks in these, whatever the disk's own. */
export const sectorBytes = 512;

async function partitionsOf(host: LinuxHost, disk: string): Promise<readonly BlockPartition[]> {
  const found: BlockPartition[] = [];
  for (const name of await host.entries(`sys/block/${disk}`)) {
    const number = await host.number(`sys/block/${disk}/${name}/partition`);
    if (number === null) continue;
    found.push({
      name,
      index: number - 1,
      start: ((await host.number(`sys/block/${disk}/${name}/start`)) ?? 0) * sectorBytes,
      size: ((await host.number(`sys/block/${disk}/${name}/size`)) ?? 0) * sectorBytes,
      readOnly: (await host.number(`sys/block/${disk}/${name}/ro`)) === 1,
    });
  }
  return found.sort((a, b) => a.index - b.index);
}

/** Disks of the machine: no loop devices, memory disks or optical drives. */
export async function readDisks(host: LinuxHost): Promise<readonly BlockDisk[]> {
  const names = (await host.entries('sys/block'))
    .filter((one) => !/^(loop|ram|zram|sr|fd|nbd|dm-|md)/.test(one))
    .toSorted();
  const disks: BlockDisk[] = [];
  for (const name of names) {
    const folder = `sys/block/${name}`;
    const size = ((await host.number(`${folder}/size`)) ?? 0) * sectorBytes;
    if (size === 0) continue;
    disks.push({
      name,
      index: disks.length,
      size,
      sector: (await host.number(`${folder}/queue/logical_block_size`)) ?? sectorBytes,
      model: await host.line(`${folder}/device/model`),
      vendor: await host.line(`${folder}/device/vendor`),
      serial: (await host.line(`${folder}/device/serial`)) ?? (await host.line(`${folder}/serial`)),
      firmware: (await host.line(`${folder}/device/firmware_rev`)) ?? (await host.line(`${folder}/device/rev`)),
      removable: (await host.number(`${folder}/removable`)) === 1,
      partitions: await partitionsOf(host, name),
    });
  }
  return disks;
}
