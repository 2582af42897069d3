import { setTimeout as sleep } from 'node:timers/promises';
import { AtelierError } from '@atelier/domain/errors';
import { asRecord } from './as-record.ts';
import type { GuestAgent, GuestExecOptions, GuestExecResult, GuestOsInfo } from './guest-agent.ts';
import type { GuestAgentLink } from './guest-agent-link.ts';
import { readGuestFile, writeGuestFile } from './guest-files.ts';

const inputLimitBytes = 4 * 1024 * 1024;

/** The guest agent's commands over its line. Specification: QEMU docs/interop/qemu-ga-ref. */
export function createGuestAgent(link: GuestAgentLink): GuestAgent {
  return {
    ping: async (options = {}) => void (await link.call('guest-ping', undefined, { timeoutMs: 5000, ...options })),
    exec: (command, args = [], options = {}) => run(link, command, args, options),
    readFile: (path, options = {}) => readGuestFile(link, path, options.limitBytes ?? 1024 * 1024, options.signal),
    writeFile: (path, content, options = {}) => writeGuestFile(link, path, content, options.signal),
    osInfo: async () => osInfo(asRecord(await link.call('guest-get-osinfo'))),
    hostName: async () => String(asRecord(await link.call('guest-get-host-name'))['host-name'] ?? ''),
    addresses: async () => addresses(await link.call('guest-network-get-interfaces')),
    async setUserPassword(username, password) {
      const coded = Buffer.from(password, 'utf8').toString('base64');
      await link.call('guest-set-user-password', { username, password: coded, crypted: false });
    },
    setTime: async () => void (await link.call('guest-set-time', { time: Date.now() * 1_000_000 })),
    async sync() {
      const { code } = await run(link, '/bin/sync', [], {});
      if (code !== 0) throw new AtelierError('vm.agent-failed', `sync in the guest ended with ${code}`);
    },
    shutdown: (mode = 'powerdown') => link.send('guest-shutdown', { mode }, 1000),
  };
}

async function run(
  link: GuestAgentLink,
  path: string,
  args: readonly string[],
  { input, env, timeoutMs = 60_000, signal }: GuestExecOptions,
): Promise<GuestExecResult> {
  const bytes = input === undefined ? undefined : Buffer.from(input as string);
  if (bytes && bytes.length > inputLimitBytes) {
    throw new AtelierError('vm.agent-failed', `the input of "${path}" is longer than ${inputLimitBytes} bytes`);
  }
  const deadline = performance.now() + timeoutMs;
  const started = await link.call(
    'guest-exec',
    { path, arg: args, env, 'input-data': bytes?.toString('base64'), 'capture-output': true },
    { signal },
  );
  const { pid } = asRecord(started);
  for (let pause = 20; ; pause = Math.min(500, pause * 2)) {
    const status = asRecord(await link.call('guest-exec-status', { pid }, { signal }));
    if (status.exited === true) return execResult(status);
    if (performance.now() > deadline) {
      throw new AtelierError('vm.timeout', `"${path}" in the guest still runs after ${timeoutMs / 1000} s`);
    }
    await sleep(pause, undefined, { signal });
  }
}

function execResult(status: Readonly<Record<string, unknown>>): GuestExecResult {
  const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : '', 'base64');
  const signal = typeof status.signal === 'number' ? status.signal : undefined;
  return {
    code: typeof status.exitcode === 'number' ? status.exitcode : 128 + (signal ?? 0),
    signal,
    stdout: bytes(status['out-data']),
    stderr: bytes(status['err-data']),
  };
}

function osInfo(info: Readonly<Record<string, unknown>>): GuestOsInfo {
  const text = (name: string) => (typeof info[name] === 'string' ? (info[name] as string).slice(0, 200) : undefined);
  return {
    id: text('id'),
    name: text('name'),
    prettyName: text('pretty-name'),
    version: text('version'),
    kernelRelease: text('kernel-release'),
    machine: text('machine'),
  };
}

function addresses(cards: unknown): readonly string[] {
  if (!Array.isArray(cards)) return [];
  return cards
    .slice(0, 64)
    .filter((card) => card?.name !== 'lo')
    .flatMap((card) => (Array.isArray(card?.['ip-addresses']) ? card['ip-addresses'] : []))
    .map((entry) => entry?.['ip-address'])
    .filter((address) => typeof address === 'string')
    .slice(0, 256);
}
