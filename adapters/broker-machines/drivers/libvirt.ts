import { environmentSettings } from '@atelier/domain/broker';
import type { OwnParts } from '../driver-parts.ts';
import { finding } from '../finding.ts';
import type { Machine } from '../machine.ts';
import type { MachineDriver, Power } from '../machine-driver.ts';
import { runProgram } from '../run-program.ts';
import { withSecretFile } from '../secret-file.ts';

/** What `virsh domstate` says, as power. */
const powers: Readonly<Record<string, Power>> = {
  running: 'on',
  idle: 'on',
  paused: 'on',
  pmsuspended: 'off',
  'in shutdown': 'on',
  'shut off': 'off',
  crashed: 'off',
};

/** The name of a machine there: the target's property `domain`, or its own name. */
function domainOf({ name, properties }: Machine): string {
  const domain = String(properties.domain ?? name);
  // virsh takes numbers for ids of running machines, and what begins with a dash for options.
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}._ +-]{0,99}$/u.test(domain) || /^\d+$/.test(domain))
    throw new Error(`${domain} is no name of a machine of libvirt`);
  return domain;
}

/** The address with a key for ssh (libvirt.org, Remote support: extra parameters). */
const withKey = (uri: string, path: string): string =>
  `${uri}${uri.includes('?') ? '&' : '?'}keyfile=${encodeURIComponent(path)}`;

/** Addresses in what `virsh domifaddr` prints: IPv4 ones, without those of the machine itself. */
export const addressesIn = (text: string): readonly string[] =>
  [...text.matchAll(/\bipv4\s+(\d{1,3}(?:\.\d{1,3}){3})\/\d+/g)]
    .map((one) => one[1]!)
    .filter((one) => !one.startsWith('127.'));

/** Machines that libvirt has, on this machine or another one, by its program virsh. */
export function libvirtDriver(given: unknown, parts: Pick<OwnParts, 'secret'>): MachineDriver {
  const settings = environmentSettings.libvirt.parse(given);
  const ask = (uri: string, words: readonly string[], signal: AbortSignal): Promise<string> =>
    runProgram('virsh', ['--quiet', '--connect', uri, ...words], {
      timeoutMs: settings.timeoutSeconds * 1000,
      signal,
    });
  const virsh = async (words: readonly string[], signal: AbortSignal): Promise<string> => {
    const key = await parts.secret('ssh-key');
    if (key === undefined) return ask(settings.uri, words, signal);
    // A key must end in a line break, which is easily lost on the way.
    return withSecretFile(`${key.trimEnd()}\n`, (path) => ask(withKey(settings.uri, path), words, signal));
  };
  const stateOf = async (machine: Machine, signal: AbortSignal): Promise<string> =>
    (await virsh(['domstate', '--domain', domainOf(machine)], signal)).trim();
  return {
    here: true,
    check: async (signal) => [
      await finding('libvirt', async () => {
        const host = (await virsh(['hostname'], signal)).trim();
        const names = (await virsh(['list', '--all', '--name'], signal))
          .split('\n')
          .filter((name) => name.trim() !== '');
        return `${host} answers, with ${names.length} machines`;
      }),
    ],
    power: async (machine, signal) => powers[await stateOf(machine, signal)] ?? 'unknown',
    async start(machine, signal) {
      const state = await stateOf(machine, signal);
      const domain = domainOf(machine);
      if (state === 'paused') await virsh(['resume', '--domain', domain], signal);
      else if (state === 'pmsuspended') await virsh(['dompmwakeup', '--domain', domain], signal);
      else if (powers[state] !== 'on') await virsh(['start', '--domain', domain], signal);
    },
    async stop(machine, why, signal) {
      if (powers[await stateOf(machine, signal)] === 'off') return;
      await virsh([why === 'off' ? 'shutdown' : 'destroy', '--domain', domainOf(machine)], signal);
    },
    async endpoints(machine, signal) {
      if (machine.endpoints.length > 0) return machine.endpoints;
      for (const source of ['lease', 'agent', 'arp']) {
        const said = await virsh(['domifaddr', '--domain', domainOf(machine), '--source', source], signal).catch(
          () => '',
        );
        const found = addressesIn(said);
        if (found.length > 0) return found.slice(0, 12).map((address) => ({ address, port: 3389 }));
      }
      return [];
    },
  };
}
