import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ntHash } from '@atelier/spnego';
import { startVirtualDisplay } from '../support/virtual-display.ts';
import type { LabProgram } from './freerdp3.ts';
import type { LabNetwork } from './network.ts';

/** A machine on which FreeRDP's shadow server shares its screen: it takes NLA only. */
export interface ShadowTarget {
  readonly address: string;
  stop(): Promise<void>;
}

const listens = (address: string): Promise<boolean> => {
  const socket = connect(3389, address);
  return once(socket, 'connect').then(
    () => Boolean(socket.destroy()),
    () => false,
  );
};

/** Starts one that knows one user, its screen all in one colour (`#rrggbb`), and waits until it listens. */
export async function startShadowTarget(
  network: LabNetwork,
  program: LabProgram,
  { user, password, colour }: { readonly user: string; readonly password: string; readonly colour: string },
): Promise<ShadowTarget> {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-shadow-'));
  const { namespace, address } = await network.addMachine();
  const display = await startVirtualDisplay('1024x768x24', folder);
  const accounts = join(folder, 'sam');
  await writeFile(accounts, `${user}:::${Buffer.from(ntHash(password)).toString('hex')}:::\n`, { mode: 0o600 });
  const env = { ...process.env, ...program.env, DISPLAY: display.name, HOME: folder };
  await promisify(execFile)('xsetroot', ['-solid', colour], { env });
  const words = ['/port:3389', '/sec:nla', `/sam-file:${accounts}`];
  const server = spawn('ip', ['netns', 'exec', namespace, program.path, ...words], { env, stdio: 'ignore' });
  const ended = once(server, 'exit');
  const stop = async () => {
    server.kill('SIGKILL');
    await ended;
    await display.stop();
    await rm(folder, { recursive: true, force: true });
  };
  for (const late = performance.now() + 30_000; !(await listens(address)); await pause(50)) {
    if (server.exitCode === null && performance.now() < late) continue;
    await stop();
    throw new Error(`${program.path} does not listen`);
  }
  return { address, stop };
}
