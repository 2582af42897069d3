import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A network of its own: a bridge in this machine's namespace, and machines in namespaces of theirs. */
export interface LabNetwork {
  /** This machine's address in it. */
  readonly here: string;
  /** The same in IPv6; null: the network has none. */
  readonly here6: string | null;
  /** Makes a machine's namespace and gives its name and addresses. */
  addMachine(): Promise<{ readonly namespace: string; readonly address: string; readonly address6: string | null }>;
  /** Removes all of it. */
  remove(): Promise<void>;
}

/** Makes the network under names that nobody else uses, with IPv4, and IPv6 when that is asked for. Needs root. */
export async function labNetwork({ ipv6 = false } = {}): Promise<LabNetwork> {
  const id = process.pid.toString(36);
  // Several files of tests run at a time, each with a process of its own.
  const subnet = `10.${200 + (Math.floor(process.pid / 250) % 50)}.${process.pid % 250}`;
  const bridge = `at${id}br`;
  const here = `${subnet}.1`;
  const prefix = `fd42:${(process.pid >> 16).toString(16)}:${(process.pid & 0xffff).toString(16)}:1`;
  const here6 = ipv6 ? `${prefix}::1` : null;
  const namespaces: string[] = [];
  const ip = (...words: readonly string[]) => run('ip', words);
  // A bridge that was given no address takes the lowest of its ports', and another one when a port with a lower comes: neighbours that know the old one then send
  // into nothing. Locally administered, of the process's number.
  const mac = `02:a7:${process.pid.toString(16).padStart(8, '0').match(/../g)!.join(':')}`;
  // Neighbours of IPv6 are looked for by multicast, which a bridge that snoops passes on to those alone who said in time that they listen.
  const snooping = ipv6 ? ['mcast_snooping', '0'] : [];
  await ip('link', 'add', bridge, 'address', mac, 'type', 'bridge', ...snooping);
  await ip('addr', 'add', `${here}/24`, 'dev', bridge);
  await ip('link', 'set', bridge, 'up');
  // Without a look round for others with the same address: it could not be used for a second.
  if (here6) await ip('addr', 'add', `${here6}/64`, 'dev', bridge, 'nodad');
  return {
    here,
    here6,
    async addMachine() {
      const number = namespaces.length + 11;
      const namespace = `at${id}n${number}`;
      const outside = `at${id}v${number}`;
      const address = `${subnet}.${number}`;
      namespaces.push(namespace);
      await ip('netns', 'add', namespace);
      await ip('link', 'add', outside, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
      await ip('link', 'set', outside, 'master', bridge, 'up');
      await ip('-n', namespace, 'link', 'set', 'lo', 'up');
      await ip('-n', namespace, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
      await ip('-n', namespace, 'link', 'set', 'eth0', 'up');
      const address6 = ipv6 ? `${prefix}::${number.toString(16)}` : null;
      if (address6) await ip('-n', namespace, 'addr', 'add', `${address6}/64`, 'dev', 'eth0', 'nodad');
      return { namespace, address, address6 };
    },
    async remove() {
      for (const one of namespaces) await ip('netns', 'del', one).catch(() => {});
      await ip('link', 'del', bridge).catch(() => {});
    },
  };
}
