import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type RunningServer, type Services, serverConfig, startServer } from '@atelier/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Caller, until } from './server/caller.ts';
import { password, type TestServer, testServer } from './server/test-server.ts';

describe('two servers over one database', () => {
  let test: TestServer;
  let second: RunningServer;
  let other: Caller;
  beforeAll(async () => {
    test = await testServer();
    const { stateDir, database } = test;
    second = await startServer(serverConfig({ stateDir, databaseUrl: database.url, port: 0, logLevel: 'silent' }, {}));
    other = new Caller(second.url, second.ca, test.owner.headers);
  });
  afterAll(async () => {
    await second.stop();
    await test.stop();
  });

  it('know each other’s sessions, changes and failed sign-ins', async () => {
    expect(second.setupLink).toBeNull();
    expect((await other.get('/api/v1/session')).status).toBe(200);
    let heard = '';
    const stream = other.open('GET', '/api/v1/changes');
    stream
      .on('error', () => {})
      .on('response', (answer) => {
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          heard += chunk;
        });
      });
    stream.end();
    await until(() => heard.includes('hello'));
    const { body } = await test.owner.post('/api/v1/users', { name: 'heard of', password });
    await until(() => heard.includes(body.id));
    stream.destroy();
    const failed = { user_name: 'heard of', ip: null, succeeded: false };
    await test.database.db.insertInto('people_sign_in_attempt').values(Array(10).fill(failed)).execute();
    for (const caller of [test.anonymous, new Caller(second.url, second.ca)])
      expect((await caller.post('/api/v1/session', { name: 'heard of', password })).status).toBe(429);
  });

  it('answer an Idempotency-Key that the other one has seen', async () => {
    const key = { 'idempotency-key': 'shared' };
    const first = await test.owner.post('/api/v1/users', { name: 'shared' }, key);
    const again = await other.post('/api/v1/users', { name: 'shared' }, key);
    expect([again.status, again.body]).toEqual([201, first.body]);
  });
});

describe('a server that stops', () => {
  it('ends what is in work, streams and tasks, and the next one goes on with the task', async () => {
    let services: Services | undefined;
    let letGo: () => void = () => {};
    const begun: number[] = [];
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const test = await testServer({
      hold: async (_routes, given) => {
        services = given;
        given.tasks.register('test.hold', async (_input, control) => {
          begun.push(control.attempt);
          await Promise.race([held, new Promise((resolve) => control.signal.addEventListener('abort', resolve))]);
          control.signal.throwIfAborted();
        });
        return {};
      },
    });
    try {
      const origin = { actor: { kind: 'system' }, correlationId: 'stop' } as const;
      const task = { kind: 'test.hold', title: 'held', input: {} };
      const id = await services!.tasks.enqueue(services!.db, origin, task);
      await until(() => begun.length === 1);
      let [open, ended] = [false, false];
      const stream = test.owner.open('GET', '/api/v1/changes');
      stream
        .on('error', () => {})
        .on('response', (answer) => {
          open = true;
          answer.resume().on('close', () => {
            ended = true;
          });
        });
      stream.end();
      await until(() => open);
      // A request whose password is being hashed when the server is told to stop.
      const inWork = test.anonymous.post('/api/v1/session', { name: 'owner', password });
      await until(
        async () => (await test.database.db.selectFrom('people_sign_in_attempt').select('seq').execute()).length >= 2,
      );
      const since = performance.now();
      await Promise.all([test.server.stop(), test.server.stop()]);
      expect(performance.now() - since).toBeLessThan(9_000);
      expect((await inWork).status).toBe(201);
      await until(() => ended);
      await expect(test.anonymous.get('/healthz')).rejects.toThrow();
      const row = await test.database.db.selectFrom('task').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
      expect([row.state, row.attempts]).toEqual(['queued', 0]);
      const last = await test.database.db.selectFrom('event').select('name').orderBy('seq', 'desc').limit(1).execute();
      expect(last).toEqual([{ name: 'server.stopped' }]);
    } finally {
      letGo();
      await test.stop();
    }
  });
});

describe('a server that is killed', () => {
  const children: ChildProcess[] = [];
  let stateDir: string;
  beforeAll(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'atelier-killed-'));
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await rm(stateDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  });

  async function start() {
    const script = join(import.meta.dirname, 'server', 'run-server.ts');
    const child = spawn(process.execPath, [script, stateDir], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    return { child, ...(JSON.parse(line) as { url: string; ca: string; setupLink: string | null }) };
  }

  it('has every change that it acknowledged, one audit entry for each, and its keys', async () => {
    let server = await start();
    const { ca } = server;
    const token = server.setupLink!.split('token=')[1];
    const made = await new Caller(server.url, ca).post('/api/v1/setup', { token, name: 'owner', password });
    const headers = { authorization: `Bearer ${/ats_[\w-]+/.exec(String(made.headers['set-cookie']))![0]}` };
    const acknowledged: string[] = [];
    for (let round = 0; round < 4; round++) {
      const caller = new Caller(server.url, ca, headers);
      const enough = 3 + round * 2;
      let counted = 0;
      const writer = async (index: number) => {
        for (let step = 0; ; step++) {
          const name = `user ${round}.${index}.${step}`;
          const answer = await caller.post('/api/v1/users', { name }).catch(() => undefined);
          if (answer?.status !== 201) return;
          acknowledged.push(name);
          counted += 1;
          if (counted === enough) server.child.kill('SIGKILL');
        }
      };
      await Promise.all([0, 1, 2].map(writer));
      server = await start();
      expect(server.ca).toBe(ca);
      expect(server.setupLink).toBeNull();
      const after = new Caller(server.url, ca, headers);
      const names: string[] = [];
      for (let cursor = ''; ; ) {
        const { body } = await after.get(`/api/v1/users?limit=200${cursor}`);
        names.push(...body.items.map((one: { name: string }) => one.name));
        if (body.next === null) break;
        cursor = `&cursor=${body.next}`;
      }
      expect(names).toEqual(expect.arrayContaining(acknowledged));
      const audit = await after.post('/api/v1/audit/verify');
      // Each user has its one entry, the owner's being that of the set-up.
      expect(audit.body).toEqual({ ok: true, entries: names.length, firstBroken: null });
    }
    server.child.kill('SIGTERM');
    const [code] = await once(server.child, 'exit');
    expect(code).toBe(0);
  });

  it('says that it is not ready while its database is away, and goes on by itself', async () => {
    const server = await start();
    const caller = new Caller(server.url, server.ca);
    expect((await caller.get('/readyz')).body.checks).toContainEqual({ name: 'database', ok: true });
    const lock = await readFile(join(stateDir, 'postgres', 'cluster', 'data', 'postmaster.pid'), 'utf8');
    process.kill(Number(lock.split('\n')[0]), 'SIGKILL');
    const answers: number[] = [];
    await until(async () => {
      // A name that nobody has: the answer needs the database.
      const answer = await caller.with({ authorization: 'Bearer ats_unknown' }).get('/api/v1/users');
      answers.push(answer.status);
      return answers.includes(503) && answer.status === 401;
    });
    expect(answers.filter((status) => status !== 503 && status !== 401)).toEqual([]);
    await until(async () => (await caller.get('/readyz')).status === 200);
    server.child.kill('SIGTERM');
    await once(server.child, 'exit');
  });
});

describe('the log', () => {
  it('has every request with its correlation id, and no secret', async () => {
    const test = await testServer();
    const logFile = join(test.stateDir, 'server.log');
    const { stateDir, database } = test;
    const config = { stateDir, databaseUrl: database.url, port: 0, logLevel: 'debug', logFile } as const;
    const server = await startServer(serverConfig(config, {}));
    const caller = new Caller(server.url, server.ca, test.owner.headers);
    const marked = { 'x-correlation-id': 'find-me-in-the-log' };
    const made = await caller.post('/api/v1/tokens', { name: 'logged', scopes: ['people:read'] }, marked);
    const signedIn = await caller.post('/api/v1/session', { name: 'owner', password });
    await caller.post('/api/v1/session', { name: 'owner', password: 'mistyped-password' });
    await caller.post('/api/v1/users', { name: 1, password: 'misplaced-password' });
    const link = await server.createSetupLink();
    await caller.get(`/api/v1/users?search=${made.body.secret}`);
    await server.stop();
    const log = await readFile(logFile, 'utf8');
    expect(log).toContain('"correlationId":"find-me-in-the-log","method":"POST","path":"/api/v1/tokens","status":201');
    const secrets = [
      made.body.secret,
      signedIn.body.secret,
      link.split('token=')[1],
      password,
      'mistyped-',
      'misplaced-',
    ];
    for (const secret of [...secrets, test.owner.headers.authorization!.slice(7)]) expect(log).not.toContain(secret);
    for (const line of log.trim().split('\n')) JSON.parse(line);
    await test.stop();
  });
});
