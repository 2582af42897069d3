// Wakes physical computers before people are sent to them. A target says how by its property `wake`:
//   lan   a magic packet for its property `mac`, to its property `broadcast`: the directed broadcast address of its subnet, e.g. 10.3.255.255
//   ipmi  its management controller, through the broker, so that no password lies here
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrokerPlugin, Provider, Target, TargetEndpoint } from '@atelier/plugin-kit/broker';

/** Six bytes of ones, then the address sixteen times (AMD's white paper on Magic Packet). Throws when the text is no address of six bytes. */
export function magicPacket(mac: string): Uint8Array {
  const bytes = mac.split(/[:-]/).map((part) => (/^[0-9a-f]{2}$/i.test(part) ? Number.parseInt(part, 16) : Number.NaN));
  if (bytes.length !== 6 || bytes.some(Number.isNaN)) throw new Error(`${mac} is no address such as 00:11:22:aa:bb:cc`);
  return Uint8Array.from([...Array(6).fill(0xff), ...Array(16).fill(bytes).flat()]);
}

async function sendMagicPacket({ properties }: Target): Promise<void> {
  const { mac, broadcast = '255.255.255.255', wakePort = 9 } = properties;
  const packet = magicPacket(String(mac));
  const socket = createSocket(isIPv6(String(broadcast)) ? 'udp6' : 'udp4');
  try {
    await new Promise<void>((resolve) => socket.bind(0, resolve));
    socket.setBroadcast(true);
    await new Promise<void>((resolve, reject) => {
      socket.send(packet, Number(wakePort), String(broadcast), (error) => (error ? reject(error) : resolve()));
    });
  } finally {
    socket.close();
  }
}

/** Whether something takes connections there now. */
function answers({ address, port }: TargetEndpoint, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, signal });
    const end = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.setTimeout(2000, () => end(false));
    socket.on('connect', () => end(true)).on('error', () => end(false));
  });
}

export function createPlugin(settings: Provider['settings']): BrokerPlugin {
  const seconds = Number(settings.seconds ?? 170);
  const again = Number(settings.again ?? 5) * 1000;
  let broker: Provider;

  const wake = async (target: Target): Promise<void> => {
    if (target.properties.wake === 'ipmi') await broker.services.power(target.name, 'on');
    else await sendMagicPacket(target);
  };

  return {
    name: 'wake-physical-pcs',
    initialize: (provider) => {
      broker = provider;
    },

    async prepareTargetForConnect(connection, target, sink) {
      const [endpoint] = target.endpoints;
      if (!endpoint || (target.properties.wake !== 'lan' && target.properties.wake !== 'ipmi')) return undefined;
      const { signal } = connection;
      const ready = { targetName: target.name, endpoints: target.endpoints };
      if (await answers(endpoint, signal)) return ready;
      sink.report('vm-waking', `Waking ${target.name}`);
      // Two people who wait for one computer wake it once.
      const lock = await broker.resourceStore.acquireTargetLock(target.name, seconds * 1000);
      try {
        const until = Date.now() + seconds * 1000;
        for (let woken = 0; Date.now() < until; ) {
          if (await answers(endpoint, signal)) return ready;
          signal.throwIfAborted();
          // Magic packets get lost; a controller is asked once.
          if (woken === 0 || target.properties.wake === 'lan') await wake(target);
          woken += 1;
          await sleep(Math.min(again, Math.max(0, until - Date.now())), null, { signal });
        }
      } finally {
        await lock.release();
      }
      throw broker.error('vm-wake', `${target.name} did not wake within ${seconds} s`);
    },
  };
}
