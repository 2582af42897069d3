import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createMemoryStore, memoryProvider, sampleConnection, sampleTarget } from '../../conformance/index.ts';
import { createPlugin, magicPacket } from './wake-physical-pcs.ts';

const mac = '00:11:22:aa:bb:cc';
const sink = { report: () => undefined };
const next = async (): Promise<never> => {
  throw new Error('not asked');
};

/** A computer that is off until something wakes it. */
async function sleepingComputer() {
  const server = createServer((socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const wake = () => {
    if (!server.listening) server.listen(port, '127.0.0.1');
  };
  const stop = () => new Promise((resolve) => server.close(resolve));
  return { endpoint: { address: '127.0.0.1', port }, wake, stop };
}

describe('the example for physical computers', () => {
  it('makes magic packets as they are', () => {
    const packet = magicPacket(mac);
    expect(packet).toHaveLength(102);
    expect([...packet.subarray(0, 12)]).toEqual([255, 255, 255, 255, 255, 255, 0x00, 0x11, 0x22, 0xaa, 0xbb, 0xcc]);
    expect([...packet.subarray(96)]).toEqual([0x00, 0x11, 0x22, 0xaa, 0xbb, 0xcc]);
    for (const wrong of ['', '00:11:22:aa:bb', '00:11:22:aa:bb:gg', '0:1:2:3:4:5'])
      expect(() => magicPacket(wrong)).toThrow();
  });

  it('wakes a computer by a packet, once for two people who wait for it', async () => {
    const computer = await sleepingComputer();
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const packets: Buffer[] = [];
    socket.on('message', (packet) => {
      packets.push(packet);
      computer.wake();
    });
    try {
      const properties = { wake: 'lan', mac, broadcast: '127.0.0.1', wakePort: socket.address().port };
      const target = sampleTarget('pc', {
        kind: 'physical-pc',
        state: 'stopped',
        endpoints: [computer.endpoint],
        properties,
      });
      const plugin = createPlugin({ seconds: 10, again: 0.3 });
      await plugin.initialize?.(memoryProvider(createMemoryStore([target])));
      const prepare = () => plugin.prepareTargetForConnect?.(sampleConnection(), target, sink, next);
      const ready = { targetName: 'pc', endpoints: [computer.endpoint] };
      expect(await Promise.all([prepare(), prepare()])).toEqual([ready, ready]);
      expect(packets).toHaveLength(1);
      expect(Buffer.compare(packets[0]!, magicPacket(mac))).toBe(0);
      expect(await prepare()).toEqual(ready);
      expect(packets).toHaveLength(1);
    } finally {
      socket.close();
      await computer.stop();
    }
  });

  it('wakes one through its management controller, and says when it does not wake', async () => {
    const computer = await sleepingComputer();
    const target = sampleTarget('pc', {
      state: 'stopped',
      endpoints: [computer.endpoint],
      properties: { wake: 'ipmi' },
    });
    const store = createMemoryStore([target]);
    const plugin = createPlugin({ seconds: 0.5, again: 0.1 });
    await plugin.initialize?.(memoryProvider(store));
    const preparing = plugin.prepareTargetForConnect?.(sampleConnection(), target, sink, next);
    await expect(preparing).rejects.toMatchObject({ name: 'SbError', code: 'vm-wake' });
    expect(store.power).toEqual(['pc on']);
    expect(store.locks.size).toBe(0);
  });

  it('ends when the client goes away, and leaves other targets alone', async () => {
    const computer = await sleepingComputer();
    const properties = { wake: 'ipmi' };
    const target = sampleTarget('pc', { state: 'stopped', endpoints: [computer.endpoint], properties });
    const plugin = createPlugin({ seconds: 60 });
    const store = createMemoryStore([target]);
    await plugin.initialize?.(memoryProvider(store));
    const client = new AbortController();
    const preparing = plugin.prepareTargetForConnect?.(sampleConnection({ signal: client.signal }), target, sink, next);
    const ended = expect(preparing).rejects.toThrow();
    await expect.poll(() => store.power).toEqual(['pc on']);
    client.abort(new Error('gone'));
    await ended;
    expect(store.locks.size).toBe(0);
    expect(await plugin.prepareTargetForConnect?.(sampleConnection(), sampleTarget('vm'), sink, next)).toBeUndefined();
  });
});
