import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkPlugInFolder, createChain, createDecision, loadPlugIns } from '@atelier/adapters/broker-plug-ins';
import { trustedFolder } from '@atelier/adapters/plug-in-folder';
import type { Provider } from '@atelier/plugin-kit/broker';
import {
  createMemoryStore,
  memoryProvider,
  sampleConnection,
  sampleTarget,
} from '@atelier/plugin-kit/broker/conformance';
import { afterAll, beforeAll, expect, it } from 'vitest';

// A plug-in in another language, as its author would install it: Python's own interpreter runs it.
const example = join(import.meta.dirname, '../plugin-kit/broker/examples/name-suffix');
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'atelier-python-plug-in-'));
  await mkdir(join(root, 'name-suffix'), { mode: 0o755 });
  await cp(example, join(root, 'name-suffix'), { recursive: true });
  for (const file of ['plugin.json', 'name_suffix.py']) await chmod(join(root, 'name-suffix', file), 0o644);
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

it('a plug-in in Python is fit, and decides among 250 targets for 64 people at once', async () => {
  expect(await checkPlugInFolder(join(root, 'name-suffix'))).toEqual([]);
  const targets = Array.from({ length: 250 }, (_, n) =>
    sampleTarget(`t${String(n).padStart(3, '0')}${n % 50 === 7 ? '-gpu' : ''}`, { numSessions: n === 107 ? 0 : 1 }),
  );
  const store = createMemoryStore(targets);
  const { plugIns, problems } = await loadPlugIns({
    folder: root,
    providerFor: ({ provider, settings }) => memoryProvider(store, provider, settings as Provider['settings']),
    announce: () => ({ budgets: { 'load-balancing': 20_000 } }),
  });
  expect(problems).toEqual([]);
  const chain = createChain({
    plugIns,
    builtIn: {
      name: 'atelier',
      getMostSuitableTarget: () => ({ targetName: 't000', isNewConnection: true }),
      queryEnvironmentForTarget: () => ({ name: '', serverWeight: 100, properties: {} }),
      prepareTargetForConnect: (_, target) => ({ targetName: target.name, endpoints: target.endpoints }),
    },
    findTarget: async (name) => store.targets.get(name) ?? null,
  });
  try {
    const chosen = await Promise.all(
      Array.from({ length: 64 }, async () => {
        const { disconnectedSession, putContext, getContext, signal, ...request } = sampleConnection();
        const decision = createDecision({
          request,
          collection: {
            id: 'c1',
            name: 'office',
            description: '',
            kind: 'session-hosts',
            redirectMode: 'token',
            targetSignIn: 'same-password',
            loadBalancing: 'least-connections',
            pendingPenalty: 1,
            pendingSeconds: 30,
            startSeconds: 60,
            enabled: true,
          },
          isFirstAssignment: false,
          sink: { report: () => undefined },
          signal,
          liveSession: async () => null,
        });
        return (await chain.getMostSuitableTarget(decision)).targetName;
      }),
    );
    expect(new Set(chosen)).toEqual(new Set(['t107-gpu']));
    expect(chain.statuses()[0]).toMatchObject({ state: 'ready', runs: 'child', calls: 64, failures: 0, restarts: 0 });
  } finally {
    await chain.stop();
  }
});

it('a plug-in in Python makes machines and does tasks, also when its process is killed after each thing that it wrote', async () => {
  const python = join(root, 'machines-in-python');
  await mkdir(python, { mode: 0o755 });
  for (const file of ['plugin.json', 'machines.py']) {
    await cp(join(example, '../machines-in-python', file), join(python, file));
    await chmod(join(python, file), 0o644);
  }
  const logged: string[] = [];
  const work = { machines: ['m-1', 'm-2'], image: { name: 'desk', version: 7 } };
  expect(await checkPlugInFolder(python, (line) => logged.push(line), work), logged.join('\n')).toEqual([]);
});

it('is checked, put in place and taken away by command, whatever the modes of what it is copied from', async () => {
  const place = join(root, 'place');
  const from = join(root, 'name-suffix');
  await chmod(join(from, 'name_suffix.py'), 0o666);
  const cli = join(import.meta.dirname, '../apps/cli/main.ts');
  const env = { ...process.env, ATELIER_BROKER_PLUGINS: place, ATELIER_STATE: join(root, 'state') };
  const run = promisify(execFile);
  const broker = (...words: string[]) => run(process.execPath, [cli, 'broker', ...words], { env, timeout: 30_000 });
  await broker('add-plug-in', from);
  expect(await trustedFolder(join(place, 'name-suffix'))).toBe(join(place, 'name-suffix'));
  await expect(broker('add-plug-in', from)).rejects.toMatchObject({ stderr: expect.stringMatching(/there already/) });
  await broker('remove-plug-in', 'name-suffix');
  expect(await readdir(place)).toEqual([]);
  await writeFile(join(from, 'plugin.json'), '{');
  await expect(broker('check-plug-in', from)).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/is no JSON/),
  });
});
