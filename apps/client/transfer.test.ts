import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ClientBench, openClientBench } from './testing/client-bench.ts';
import { eventually, untilWorkspace } from './testing/local-client.ts';
import { testWorkspace } from './testing/test-workspace.ts';

let bench: ClientBench;
beforeAll(async () => {
  bench = await openClientBench(3);
  await bench.enrol();
}, 60_000);
afterAll(() => bench?.close());

const until = (state: string) => untilWorkspace(bench.local, 'lab', (one) => one.state === state);
const packs = () => join(bench.folder, 'repository', 'packs');
/** Does something to every pack and delta of the repository, and gives the way back. */
const spoil = async (how: (content: Buffer) => Buffer) => {
  const kept: (() => Promise<void>)[] = [];
  for (const folder of [packs(), join(bench.folder, 'repository', 'deltas')])
    for (const name of await readdir(folder).catch(() => [])) {
      const path = join(folder, name);
      const content = await readFile(path);
      await writeFile(`${path}.new`, how(Buffer.from(content)));
      await rename(`${path}.new`, path);
      kept.push(() => writeFile(path, content));
    }
  return async () => {
    for (const restore of kept) await restore();
  };
};

it('pauses, goes on, and survives a restart of the daemon in between', { timeout: 60_000 }, async () => {
  const { server, act } = bench;
  server.workspaces = [testWorkspace({}, { bandwidthKiBps: 60 })];
  await bench.local.refresh();
  await act('fetch');
  await untilWorkspace(bench.local, 'lab', (one) => (one.transfer?.bytesTotal ?? 0) > 0);
  await act('pause');
  expect((await until('paused')).transfer).toMatchObject({ state: 'paused', bytesPerSecond: 0 });
  await bench.client.stop();
  await bench.start();
  await until('paused');
  server.workspaces = [testWorkspace()];
  await bench.local.refresh();
  await act('start');
  await until('transferring');
  await bench.client.stop();
  await bench.start();
  const running = await until('running');
  expect(running.version).toBe(1);
  expect(await readFile(join(bench.stateDir, 'images', 'debian-lab', '1.raw'))).toEqual(bench.base);
});

it('tries again by itself when the server comes back', { timeout: 60_000 }, async () => {
  const { server, act } = bench;
  await act('stop');
  await until('ready');
  server.workspaces = [testWorkspace({ version: 2 })];
  await bench.local.refresh();
  await server.down();
  await act('fetch');
  await untilWorkspace(bench.local, 'lab', (one) => one.transfer?.error !== null);
  await server.up();
  const staged = await untilWorkspace(bench.local, 'lab', (one) => one.stagedVersion === 2, 40_000);
  expect(staged).toMatchObject({ version: 1, error: null });
});

it('refuses a damaged version with an event, and keeps the one that works', { timeout: 60_000 }, async () => {
  const { server, act } = bench;
  server.workspaces = [testWorkspace({ version: 3 })];
  await bench.local.refresh();
  const restore = await spoil((content) => {
    for (let at = 0; at < content.length; at += 97) content[at] = content[at]! ^ 0x55;
    return content;
  });
  await act('fetch');
  const failed = await untilWorkspace(bench.local, 'lab', (one) => one.transfer?.state === 'failed');
  expect(failed).toMatchObject({ state: 'ready', version: 1, stagedVersion: 2 });
  expect(failed.error?.code).toMatch(/^trim\./);
  await eventually(
    async () => {
      await bench.local.refresh();
      return bench.codes().includes(1308);
    },
    () => bench.codes(),
  );
  await act('start');
  expect(await until('running')).toMatchObject({ version: 2 });
  await restore();
  await act('fetch');
  await untilWorkspace(bench.local, 'lab', (one) => one.stagedVersion === 3);
});
