import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openLab } from '@atelier/adapters/trim-client/testing';
import { expect, it } from 'vitest';
import { repositoryDisks } from './repository-disks.ts';

it('puts the disk of a version together from the repository once, and follows a channel', async () => {
  const lab = await openLab();
  try {
    const disk = Buffer.alloc(1024 * 1024, 'what stands on the disk ');
    await lab.publish(1, disk);
    await lab.point(1);
    const contentKey = async () => Promise.reject(new Error('not encrypted'));
    const disks = repositoryDisks({ repository: lab.repository, folder: join(lab.folder, 'disks'), contentKey });
    const signal = new AbortController().signal;
    expect(await disks.current('desk', { channel: 'stable' })).toBe(1);
    expect(await disks.current('desk', { channel: 'stable', version: 7 })).toBe(7);
    await expect(disks.current('desk', { channel: 'none' })).rejects.toThrow(/no channel/);
    const [one, other] = await Promise.all([disks.disk('desk', 1, signal), disks.disk('desk', 1, signal)]);
    expect(other).toBe(one);
    expect(disk.equals((await readFile(one)).subarray(0, disk.length))).toBe(true);
    await expect(disks.disk('desk', 2, signal)).rejects.toThrow();
    await expect(disks.disk('../desk', 1, signal)).rejects.toThrow(/no version/);
    const elsewhere = repositoryDisks({ repository: join(lab.folder, 'none'), folder: lab.folder, contentKey });
    await expect(elsewhere.current('desk', { channel: 'stable' })).rejects.toThrow(/no repository/);
  } finally {
    await lab.close();
  }
});
