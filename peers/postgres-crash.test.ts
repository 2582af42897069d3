import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { openDatabase, startPrivatePostgres } from '@atelier/adapters/postgres';
import { afterEach, describe, expect, test, vi } from 'vitest';

const program = join(import.meta.dirname, '../adapters/postgres/testing/acknowledging-writer.ts');
const patience = { timeout: 60_000, interval: 5 };
const folders: string[] = [];
const children: ChildProcess[] = [];

async function stateFolder(suffix = ''): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-crash-'));
  folders.push(folder);
  return join(folder, `state${suffix}`);
}

function startWriter(stateDir: string, firstNumber: number) {
  const child = spawn(process.execPath, [program, stateDir, String(firstNumber)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const acknowledged: number[] = [];
  const pids: number[] = [];
  const closed = once(child, 'close');
  createInterface({ input: child.stdout! }).on('line', (line) => {
    const [word, number] = line.split(' ');
    if (word === 'ack') acknowledged.push(Number(number));
    if (word === 'pid') pids.push(Number(number));
  });
  return { child, acknowledged, pids, closed, kill: () => child.kill('SIGKILL') };
}

/** The processes of PostgreSQL over a state folder. */
async function processesOver(stateDir: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const at = await readlink(`/proc/${name}/cwd`).catch(() => '');
    if (at.startsWith(stateDir)) found.push(Number(name));
  }
  return found;
}

const killHard = (pid: number) => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {}
};

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) {
    await vi.waitFor(async () => expect(await processesOver(folder)).toEqual([]), patience);
    await rm(folder, { recursive: true, force: true });
  }
});

describe('first and later starts', () => {
  test('the first start makes everything, closed to others; later ones are quick and find it again', async () => {
    const stateDir = await stateFolder();
    const first = await startPrivatePostgres({ stateDir });
    expect(first.firstStart).toBe(true);
    expect((await stat(join(stateDir, 'postgres/cluster/data'))).mode & 0o777).toBe(0o700);
    expect((await stat(join(stateDir, 'postgres/cluster/password'))).mode & 0o777).toBe(0o600);
    expect((await stat(first.connection.host)).mode & 0o777).toBe(0o700);
    expect(await readFile(`/proc/${first.pid()}/cmdline`, 'utf8')).not.toContain(first.connection.password!);
    await first.stop();
    expect(first.pid()).toBeUndefined();

    const begun = performance.now();
    const second = await startPrivatePostgres({ stateDir });
    expect(performance.now() - begun).toBeLessThan(5000);
    expect(second.firstStart).toBe(false);
    expect(second.connection).toEqual(first.connection);
    await second.stop();
    await second.stop();
    expect(await processesOver(stateDir)).toEqual([]);
  });

  test('a path that is too long for a socket gets one elsewhere, and two folders run side by side', async () => {
    const [long, short] = [await stateFolder('-x'.repeat(60)), await stateFolder()];
    const servers = await Promise.all([long, short].map((stateDir) => openDatabase({ private: stateDir })));
    expect(servers.map((server) => Buffer.byteLength(server.connection.host) < 90)).toEqual([true, true]);
    expect(await Promise.all(servers.map((server) => server.isReady()))).toEqual([true, true]);
    const elsewhere = servers[0]!.connection.host;
    expect(elsewhere.startsWith(long)).toBe(false);
    await Promise.all(servers.map((server) => server.close()));
    expect(existsSync(elsewhere)).toBe(false);
  });

  test('a second start over a folder in use is refused, and the first goes on', async () => {
    const stateDir = await stateFolder();
    const first = await openDatabase({ private: stateDir });
    await expect(startPrivatePostgres({ stateDir })).rejects.toMatchObject({ code: 'database.in-use' });
    expect(await first.isReady()).toBe(true);
    await first.close();
  });

  test('two first starts at once make one database', async () => {
    const stateDir = await stateFolder();
    const starts = await Promise.allSettled([startPrivatePostgres({ stateDir }), startPrivatePostgres({ stateDir })]);
    const running = starts.filter((start) => start.status === 'fulfilled').map((start) => start.value);
    expect(running).toHaveLength(1);
    expect(await readdir(join(stateDir, 'postgres'))).toEqual(['cluster', 'socket']);
    await running[0]!.stop();
  });

  test('an aborted start leaves nothing running', async () => {
    const stateDir = await stateFolder();
    const abort = new AbortController();
    const start = startPrivatePostgres({ stateDir, signal: abort.signal });
    await vi.waitFor(() => expect(readdirSync(join(stateDir, 'postgres'))).not.toEqual([]), patience);
    abort.abort(new Error('stopped'));
    await expect(start).rejects.toThrow('stopped');
    expect(await processesOver(stateDir)).toEqual([]);
  });
});

// As root where user namespaces are refused, as in many containers: rebuilt in a namespace that allows no further ones.
test.runIf(process.getuid!() === 0)(
  'as root without user namespaces, PostgreSQL runs as an account of its own',
  async () => {
    const stateDir = await stateFolder();
    await chmod(dirname(stateDir), 0o755);
    // A program that is started before its user id is mapped has no capabilities: hence the second shell.
    const limited = `echo 0 > /proc/sys/user/max_user_namespaces && exec "$0" "$@"`;
    const inside = `read mapped; exec sh -c '${limited}' "$0" "$@"`;
    const words = ['--user', 'sh', '-c', inside, process.execPath, program, stateDir, '1'];
    const child = spawn('unshare', words, { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(child);
    await vi.waitFor(async () => expect(await readlink(`/proc/${child.pid}/exe`)).not.toContain('node'), patience);
    await vi.waitFor(async () => {
      for (const map of ['uid_map', 'gid_map']) await writeFile(`/proc/${child.pid}/${map}`, '0 0 65535');
    }, patience);
    child.stdin.end('mapped\n');
    const lines = createInterface({ input: child.stdout });
    const [line] = (await once(lines, 'line')) as [string];
    expect(line).toMatch(/^(ack|pid) \d+$/);
    const data = await stat(join(stateDir, 'postgres/cluster/data'));
    expect(data.uid).not.toBe(0);
    expect(data.mode & 0o777).toBe(0o700);
  },
);

describe('kill -9', () => {
  const stages = ['new folder', 'data folder', 'system tables', 'version file', 'cluster in place', 'socket'] as const;
  const reached = (stateDir: string, stage: (typeof stages)[number]): boolean => {
    const folder = join(stateDir, 'postgres');
    const names = existsSync(folder) ? readdirSync(folder) : [];
    const fresh = names.find((name) => name.startsWith('new-')) ?? 'cluster';
    const path = {
      'new folder': join(folder, fresh),
      'data folder': join(folder, fresh, 'data'),
      'system tables': join(folder, fresh, 'data/base/1'),
      'version file': join(folder, fresh, 'data/PG_VERSION'),
      'cluster in place': join(folder, 'cluster'),
      socket: join(folder, 'socket/.s.PGSQL.5432'),
    }[stage];
    return existsSync(path);
  };

  test.each(stages)('of the first start at: %s', async (stage) => {
    const stateDir = await stateFolder();
    const writer = startWriter(stateDir, 1);
    await vi.waitFor(() => expect(reached(stateDir, stage)).toBe(true), { timeout: 60_000, interval: 1 });
    writer.kill();
    await writer.closed;
    const database = await openDatabase({ private: stateDir });
    expect(await database.isReady()).toBe(true);
    expect((await readdir(join(stateDir, 'postgres'))).sort()).toEqual(['cluster', 'socket']);
    await database.close();
  });

  test('of server, postmaster or everything, 15 times while writers write: no acknowledged row is lost', async () => {
    const stateDir = await stateFolder();
    const acknowledged = new Set<number>();
    let next = 1;
    let slowest = 0;
    for (let round = 0; round < 15; round++) {
      const writer = startWriter(stateDir, next);
      const begun = performance.now();
      const enough = async (count: number) => {
        const target = writer.acknowledged.length + count;
        await vi.waitFor(() => expect(writer.acknowledged.length).toBeGreaterThanOrEqual(target), patience);
      };
      await enough(1);
      slowest = Math.max(slowest, performance.now() - begun);
      await enough(Math.floor(Math.random() * 300));
      if (round % 3 === 1) {
        const starts = writer.pids.length;
        killHard(writer.pids.at(-1)!);
        await vi.waitFor(() => expect(writer.pids.length).toBeGreaterThan(starts), patience);
        await enough(20);
      }
      if (round % 3 === 2) for (const pid of await processesOver(stateDir)) killHard(pid);
      writer.kill();
      await writer.closed;
      for (const number of writer.acknowledged) acknowledged.add(number);
      next = Math.max(next, ...writer.acknowledged) + 10;
    }
    const begun = performance.now();
    const database = await openDatabase({ private: stateDir });
    slowest = Math.max(slowest, performance.now() - begun);
    const rows = await database.db.selectFrom('event').select(['source_seq', 'description']).execute();
    const stored = new Map(rows.map((row) => [row.source_seq, row.description.length]));
    expect(stored.size).toBe(rows.length);
    const lost = [...acknowledged].filter((number) => stored.get(number) !== number % 3000);
    await database.close();
    console.log(`${acknowledged.size} acknowledged rows, slowest start after a kill ${Math.round(slowest)} ms`);
    expect(acknowledged.size).toBeGreaterThan(300);
    expect(lost).toEqual([]);
    expect(slowest).toBeLessThan(30_000);
  });

  test('of the server ends PostgreSQL too', async () => {
    const stateDir = await stateFolder();
    const writer = startWriter(stateDir, 1);
    await vi.waitFor(() => expect(writer.acknowledged.length).toBeGreaterThan(0), patience);
    expect(await processesOver(stateDir)).not.toEqual([]);
    writer.kill();
    await writer.closed;
    await vi.waitFor(async () => expect(await processesOver(stateDir)).toEqual([]), patience);
  });
});
