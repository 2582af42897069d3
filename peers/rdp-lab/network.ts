import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A network of its own: a bridge in this machine's namespace, and machines in namespaces of theirs. */
export interface LabNetwork {
  /** This machine's address in it. */
  readonly here: string;
  /** Makes a machine's namespace and gives its name and address. */
  addMachine(): Promise<{ readonly namespace: string; readonly address: string }>;
  /** Removes all of it. */
  remove(): Promise<void>;
}

/** Makes the network under names that nobody else uses. Needs root. */
export async function labNetwork(): Promise<LabNetwork> {
  const id = process.pid.toString(36);
  // Several files of tests run at a time, each with a process of its own.
  const subnet = `10.${200 + (Math.floor(process.pid / 250) % 50)}.${process.pid % 250}`;
  const bridge = `at${id}br`;
  const here = `${subnet}.1`;
  const namespaces: string[] = [];
  const ip = (...words: readonly string[]) => run('ip', words);
  await ip('link', 'add', bridge, 'type', 'bridge');
  await ip('addr', 'add', `${here}/24`, 'dev', bridge);
  await ip('link', 'set', bridge, 'up');
  return {
    here,
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
      return { namespace, address };
    },
    async remove() {
      for (const one of namespaces) await ip('netns', 'del', one).catch(() => {});
      await ip('link', 'del', bridge).catch(() => {});
    },
  };
}
