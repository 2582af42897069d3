import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  checkBrokerPlugin,
  createMemoryStore,
  memoryProvider,
  sampleConnection,
  sampleTarget,
} from '../../conformance/index.ts';
import { addressesIn, createPlugin } from './vm-orchestration.ts';

const sink = { report: () => undefined };
const next = async (): Promise<never> => {
  throw new Error('not asked');
};
/** Stands in for virsh, and remembers what it was told; that virsh takes these words is shown with virsh itself elsewhere. */
const script = (folder: string) => `#!/bin/sh
echo "$@" >> ${folder}/calls
case "$4" in
domstate) cat ${folder}/state ;;
start) echo running > ${folder}/state ;;
esac
`;
let folder: string;
const calls = async () => (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-example-'));
  await writeFile(join(folder, 'virsh'), script(folder), { mode: 0o700 });
  await writeFile(join(folder, 'state'), 'shut off\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const settings = (more = {}) => ({ hosts: { kvm1: 'qemu:///system' }, virsh: join(folder, 'virsh'), ...more });

describe('the example for virtual machines', () => {
  it('starts one machine once for two people, and waits until it answers as an RDP host', async () => {
    const server = createServer((socket) =>
      socket.on('data', () => socket.write(Buffer.from('0300000b06d00000123400', 'hex'))),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoints = [{ address: '127.0.0.1', port: (server.address() as AddressInfo).port }];
    const target = sampleTarget('vm', {
      state: 'stopped',
      environment: 'kvm1',
      endpoints,
      properties: { domain: 'desk-1' },
    });
    try {
      const plugin = createPlugin(settings());
      await plugin.initialize?.(memoryProvider(createMemoryStore([target])));
      const prepare = () => plugin.prepareTargetForConnect?.(sampleConnection(), target, sink, next);
      const ready = { targetName: 'vm', endpoints };
      expect(await Promise.all([prepare(), prepare()])).toEqual([ready, ready]);
      const starts = (await calls()).filter((one) => one.includes(' start '));
      expect(starts).toEqual(['--quiet --connect qemu:///system start --domain=desk-1']);
      const environment = await plugin.queryEnvironmentForTarget?.(sampleConnection(), target, sink, next);
      expect(environment?.name).toBe('kvm1');
    } finally {
      server.close();
    }
  });

  it('says when a machine does not answer, and leaves others alone', async () => {
    const target = sampleTarget('deaf', {
      state: 'stopped',
      environment: 'kvm1',
      endpoints: [{ address: '127.0.0.1', port: 1 }],
    });
    const plugin = createPlugin(settings({ seconds: 0.2 }));
    const store = createMemoryStore([target]);
    await plugin.initialize?.(memoryProvider(store));
    const preparing = plugin.prepareTargetForConnect?.(sampleConnection(), target, sink, next);
    await expect(preparing).rejects.toMatchObject({ name: 'SbError', code: 'vm-boot-timeout' });
    expect(store.locks.size).toBe(0);
    const other = sampleTarget('other', { state: 'stopped', environment: 'elsewhere' });
    expect(await plugin.prepareTargetForConnect?.(sampleConnection(), other, sink, next)).toBeUndefined();
    expect(
      await plugin.prepareTargetForConnect?.(sampleConnection(), { ...target, state: 'running' }, sink, next),
    ).toBeUndefined();
  });

  it('reads addresses as virsh prints them', () => {
    const text = ' vnet0      52:54:00:7e:0c:0d    ipv4         192.168.122.42/24\n -          -    ipv6  fe80::1/64\n';
    expect(addressesIn(text)).toEqual(['192.168.122.42']);
    expect(addressesIn('')).toEqual([]);
  });

  it('is fit by the kit', async () => {
    expect(await checkBrokerPlugin(createPlugin({}))).toEqual([]);
  });
});
