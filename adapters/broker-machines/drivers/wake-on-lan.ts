import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import { environmentSettings } from '@atelier/domain/broker';
import { finding } from '../finding.ts';
import type { Machine } from '../machine.ts';
import type { MachineDriver } from '../machine-driver.ts';

/** Six bytes of ones, then the address sixteen times (AMD's white paper on Magic Packet). Throws when the text is no address of six bytes. */
export function magicPacket(mac: string): Uint8Array {
  const bytes = mac.split(/[:-]/).map((part) => (/^[0-9a-f]{2}$/i.test(part) ? Number.parseInt(part, 16) : Number.NaN));
  if (bytes.length !== 6 || bytes.some(Number.isNaN))
    throw new Error(`"${mac}" is no hardware address such as 00:11:22:aa:bb:cc: set the target's property mac`);
  return Uint8Array.from([...Array(6).fill(0xff), ...Array(16).fill(bytes).flat()]);
}

async function send(packet: Uint8Array, address: string, port: number): Promise<void> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(0, resolve);
    });
    socket.setBroadcast(true);
    await new Promise<void>((resolve, reject) => {
      socket.send(packet, port, address, (error) => (error ? reject(error) : resolve()));
    });
  } finally {
    socket.close();
  }
}

/** Physical computers that wake by a packet for their target's property `mac`; its properties `broadcast` and `wakePort` replace the environment's. */
export function wakeOnLanDriver(given: unknown): MachineDriver {
  const settings = environmentSettings['wake-on-lan'].parse(given);
  const wake = ({ properties }: Machine): Promise<void> =>
    send(
      magicPacket(String(properties.mac ?? '')),
      String(properties.broadcast ?? settings.broadcast),
      Number(properties.wakePort ?? settings.port),
    );
  return {
    here: true,
    check: async () => [
      await finding('network', async () => {
        const { address } = await lookup(settings.broadcast);
        return `packets go to ${address}, port ${settings.port}; nothing answers them, so more cannot be seen`;
      }),
    ],
    power: async () => 'unknown',
    start: wake,
    // Packets get lost.
    again: wake,
    // Nothing calls a packet back: the computer wakes, finds nobody, and sleeps again by its own settings.
    stop: async () => undefined,
  };
}
