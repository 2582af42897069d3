// Starts virtual machines of libvirt before people are sent to them: QEMU on this machine (`qemu:///system`), or on hosts beyond (`qemu+ssh://…`). Hosts are
// named in the settings; a target is on the host that its environment, or its property `host`, names, under its property `domain` or its own name.
import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { BrokerPlugin, Provider, Target, TargetEndpoint } from '@atelier/plugin-kit/broker';

const run = promisify(execFile);

/** An X.224 Connection Request: what answers it is an RDP host, and not only a machine that takes connections (MS-RDPBCGR 2.2.1.1). */
const connectionRequest = Buffer.from('030000130ee000000000000100080003000000', 'hex');

/** Whether an RDP host answers there now. */
function answers({ address, port }: TargetEndpoint, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, signal });
    const end = (ready: boolean): void => {
      socket.destroy();
      resolve(ready);
    };
    socket.setTimeout(2000, () => end(false));
    socket.on('connect', () => socket.write(connectionRequest));
    socket.on('data', (bytes) => end(bytes[0] === 3 && bytes[5] === 0xd0));
    socket.on('error', () => end(false)).on('close', () => end(false));
  });
}

/** IPv4 addresses in what `virsh domifaddr` prints. */
export const addressesIn = (text: string): readonly string[] =>
  [...text.matchAll(/\bipv4\s+(\d{1,3}(?:\.\d{1,3}){3})\/\d+/g)].map((one) => one[1]!);

export function createPlugin(settings: Provider['settings']): BrokerPlugin {
  const hosts = (settings.hosts ?? {}) as Readonly<Record<string, string>>;
  const seconds = Number(settings.seconds ?? 170);
  const program = String(settings.virsh ?? 'virsh');
  let broker: Provider;

  const hostOf = (target: Target): string | null => {
    const name = String(target.properties.host ?? target.environment);
    return Object.hasOwn(hosts, name) ? name : null;
  };
  const virsh = async (target: Target, words: readonly string[], signal: AbortSignal): Promise<string> => {
    const [command, ...more] = words;
    const domain = String(target.properties.domain ?? target.name);
    const args = ['--quiet', '--connect', hosts[hostOf(target)!]!, command!, `--domain=${domain}`, ...more];
    return (await run(program, args, { signal, timeout: 30_000, env: { PATH: process.env.PATH, LANG: 'C' } })).stdout;
  };
  const endpointsOf = async (target: Target, signal: AbortSignal): Promise<readonly TargetEndpoint[]> => {
    if (target.endpoints.length > 0) return target.endpoints;
    const said = await virsh(target, ['domifaddr'], signal);
    return addressesIn(said).map((address) => ({ address, port: 3389 }));
  };
  const start = async (target: Target, signal: AbortSignal): Promise<void> => {
    const state = (await virsh(target, ['domstate'], signal)).trim();
    if (state === 'paused') await virsh(target, ['resume'], signal);
    else if (state !== 'running') await virsh(target, ['start'], signal);
  };

  return {
    name: 'vm-orchestration',
    initialize: (provider) => {
      broker = provider;
    },

    queryEnvironmentForTarget: (_connection, target) => {
      const name = hostOf(target);
      return name === null ? undefined : { name, serverWeight: 100, properties: {} };
    },

    async prepareTargetForConnect(connection, target, sink) {
      if (hostOf(target) === null || target.state === 'running') return undefined;
      const { signal } = connection;
      sink.report('vm-waking', `Starting ${target.name}`);
      // Two people who wait for one machine start it once.
      const lock = await broker.resourceStore.acquireTargetLock(target.name, seconds * 1000);
      try {
        const patience = AbortSignal.any([signal, lock.signal]);
        await start(target, patience);
        sink.report('vm-booting', `${target.name} is starting`);
        for (
          const until = Date.now() + seconds * 1000;
          Date.now() < until;
          await sleep(500, null, { signal: patience })
        ) {
          const endpoints = await endpointsOf(target, patience);
          for (const one of endpoints) if (await answers(one, patience)) return { targetName: target.name, endpoints };
          patience.throwIfAborted();
        }
      } finally {
        await lock.release();
      }
      throw broker.error('vm-boot-timeout', `${target.name} did not answer within ${seconds} s`);
    },
  };
}
