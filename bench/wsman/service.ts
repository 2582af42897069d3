import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultListeners, firstSettings, openSettings, serviceUnit } from '@atelier/agent';
import { residentMiB, uniqueMiB } from './process-figures.ts';

/** What the unit of the service puts into its environment. */
export const serviceEnvironment: Readonly<Record<string, string>> = Object.fromEntries(
  [...serviceUnit('').matchAll(/^Environment="?([A-Z_0-9]+)=(.*?)"?$/gm)].map((one) => [one[1]!, one[2]!]),
);

const identify =
  '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><i:Identify xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"/></s:Body></s:Envelope>';

/** Asks the service who it is, as whoever has no account may. */
async function ask(port: number): Promise<void> {
  const headers = { 'Content-Type': 'application/soap+xml', WSMANIDENTIFY: 'unauthenticated', Connection: 'close' };
  const sent = request({ port, host: '127.0.0.1', path: '/wsman', method: 'POST', headers, rejectUnauthorized: false });
  sent.end(identify);
  const [answer] = await once(sent, 'response');
  answer.resume();
  if (answer.statusCode !== 200) throw new Error(`identify was answered with ${answer.statusCode}`);
  await once(answer, 'end');
}

/** `atelier agent run` as its unit starts it, asked once and left alone for `restMs`: its memory in MiB, resident and its own. The first start fills the cache of compiled code. */
export async function measureService(cache: string, restMs = 12_000): Promise<{ resident: number; unique: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-bench-service-'));
  await openSettings(folder, {
    ...firstSettings,
    listeners: [{ ...defaultListeners[0]!, address: '127.0.0.1', port: 0 }],
  });
  const env = {
    ...process.env,
    ...serviceEnvironment,
    NODE_COMPILE_CACHE: cache,
    ATELIER_AGENT_STATE: folder,
  };
  const main = join(import.meta.dirname, '../../apps/cli/main.ts');
  const run = async (measure: (child: ChildProcess) => Promise<void>) => {
    const child = spawn(process.execPath, [main, 'agent', 'run'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    await ask(Number(new URL(line).port));
    await measure(child);
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  };
  try {
    await run(() => sleep(500));
    const figures = { resident: 0, unique: 0 };
    await run(async ({ pid }) => {
      await sleep(restMs);
      figures.resident = residentMiB(pid!);
      figures.unique = uniqueMiB(pid!);
    });
    return figures;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
