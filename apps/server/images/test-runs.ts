import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { newId } from '@atelier/adapters/postgres';
import { attachVm, probeAccelerator, startVm, type Vm } from '@atelier/adapters/qemu';
import type { TestRun } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import { createWebSocketStream, type WebSocket } from 'ws';
import { serverName } from '../device/presence.ts';
import type { Repository } from '../repository/repository.ts';
import type { Services } from '../services.ts';
import { testDisk } from './test-disk.ts';
import type { VersionRow } from './version-view.ts';

const memoryMiB = 1024;
/** Test runs at once on one server: each takes a processor and a gigabyte. */
const mostRuns = 2;
/** The longest that a run lasts, and how long it goes on while nobody looks at its screen. */
const longestMs = 2 * 3_600_000;
const unseenMs = 10 * 60_000;
const bootWithinMs = 10 * 60_000;

interface Run {
  readonly id: string;
  readonly controller: AbortController;
  vm?: Vm;
  viewers: number;
  unseenSince: number;
  /** Settles when everything of it is gone. */
  done: Promise<void>;
}

/** Boots of versions for looking at them. No byte of a version ever changes: what the guest writes vanishes with it. */
export class TestRuns {
  readonly #services: Services;
  readonly #repository: Repository;
  readonly #server: string;
  readonly #folder: string;
  readonly #runs = new Map<string, Run>();
  readonly #timer: NodeJS.Timeout;

  constructor(services: Services, repository: Repository) {
    this.#services = services;
    this.#repository = repository;
    this.#server = serverName(services.config);
    this.#folder = join(services.config.stateDir, 'tests', 'runs');
    this.#timer = setInterval(() => this.#endUnseen(), 30_000);
  }

  /** Ends what an earlier run of this server left: its VMs go on without us. */
  async sweep(): Promise<void> {
    for (const name of await readdir(this.#folder).catch(() => [])) {
      const stateDir = join(this.#folder, name);
      const found = await attachVm({ stateDir }).catch(() => undefined);
      if (found?.kind === 'running') await found.vm.kill();
      await rm(stateDir, { recursive: true, force: true });
    }
    await this.#services.db
      .updateTable('image_test')
      .set({ state: 'ended', ended_at: new Date(), error: 'the server was restarted' })
      .where('server', '=', this.#server)
      .where('state', '<>', 'ended')
      .execute();
    const old = new Date(Date.now() - 7 * 86_400_000);
    await this.#services.db.deleteFrom('image_test').where('ended_at', '<', old).execute();
  }

  /** @throws AtelierError `image.test-unavailable`, `image.wrong-state` */
  async start(version: VersionRow): Promise<string> {
    if (this.#services.signal.aborted) throw new AtelierError('server.not-ready', 'the server is stopping');
    if (this.#runs.size >= mostRuns)
      throw new AtelierError('image.test-unavailable', `${mostRuns} test runs are under way on this server already`);
    const id = newId();
    const made = await this.#services.db
      .insertInto('image_test')
      .values({ id, version_id: version.id, server: this.#server })
      .onConflict((conflict) => conflict.column('version_id').where('state', '<>', 'ended').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!made)
      throw new AtelierError(
        'image.test-unavailable',
        `a test of version ${version.number} of ${version.image_name} runs already`,
      );
    const controller = new AbortController();
    const run: Run = { id, controller, viewers: 0, unseenSince: Date.now(), done: Promise.resolve() };
    this.#runs.set(id, run);
    run.done = this.#live(run, version);
    return id;
  }

  async stop(id: string): Promise<void> {
    const run = this.#runs.get(id);
    run?.controller.abort(new Error('ended by a person'));
    await run?.done;
  }

  /** The VNC socket of a running test. @throws AtelierError `image.test-unavailable` */
  screen(id: string): { readonly vncSocket: string; readonly show: (socket: WebSocket) => void } {
    const run = this.#runs.get(id);
    if (!run?.vm) throw new AtelierError('image.test-unavailable', 'this test run has no screen (yet)');
    const { vncSocket } = run.vm;
    return { vncSocket, show: (socket) => this.#show(run, vncSocket, socket) };
  }

  async stopAll(): Promise<void> {
    clearInterval(this.#timer);
    for (const run of this.#runs.values()) run.controller.abort(new Error('the server stops'));
    await Promise.all([...this.#runs.values()].map((run) => run.done));
  }

  #show(run: Run, vncSocket: string, socket: WebSocket): void {
    run.viewers += 1;
    const browser = createWebSocketStream(socket);
    const vnc = connect(vncSocket);
    pipeline(browser, vnc, () => {});
    pipeline(vnc, browser, () => socket.close(1000));
    socket.once('close', () => {
      run.viewers -= 1;
      run.unseenSince = Date.now();
    });
  }

  #endUnseen(): void {
    for (const run of this.#runs.values())
      if (run.viewers === 0 && Date.now() - run.unseenSince > unseenMs)
        run.controller.abort(new Error('nobody looked at it for 10 minutes'));
  }

  async #live(run: Run, version: VersionRow): Promise<void> {
    const { db, log } = this.#services;
    const timer = setTimeout(() => run.controller.abort(new Error('it reached the time limit')), longestMs);
    let error: string | null = null;
    try {
      error = await this.#boot(run, version);
    } catch (cause) {
      error = run.controller.signal.aborted ? null : (cause as Error).message;
      if (error !== null) log.warn({ err: cause, test: run.id }, 'a test run failed');
    } finally {
      clearTimeout(timer);
      this.#runs.delete(run.id);
    }
    const ended = { state: 'ended', ended_at: new Date(), error } as const;
    await db
      .updateTable('image_test')
      .set(ended)
      .where('id', '=', run.id)
      .execute()
      .catch((cause) => log.warn({ err: cause, test: run.id }, 'the end of a test run could not be stored'));
  }

  /** Boots, waits for the end; gives QEMU's words if it crashed. */
  async #boot(run: Run, version: VersionRow): Promise<string | null> {
    const { signal } = run.controller;
    const disk = await testDisk(this.#services, this.#repository, version, signal);
    const cacheFile = join(this.#services.config.stateDir, 'accelerator.json');
    const accelerator = await probeAccelerator({ cacheFile, signal });
    const stateDir = join(this.#folder, run.id);
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    // Sockets have short paths only; the state folder may lie deep.
    const sockets = await mkdtemp(join(tmpdir(), 'atelier-test-'));
    try {
      const vm = await startVm({
        name: `test-${version.image_name}-${version.number}`,
        stateDir,
        accelerator,
        memoryMiB,
        vcpus: 1,
        disks: [{ path: disk, format: 'raw', serial: 'atelier-system', role: 'system' }],
        network: 'user',
        vncSocket: join(sockets, 'vnc.sock'),
        qmpSocket: join(sockets, 'qmp.sock'),
        agentSocket: join(sockets, 'agent.sock'),
        snapshotOnly: true,
        signal,
      });
      run.vm = vm;
      const abort = () => void vm.kill();
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) abort();
      await this.#store(run.id, { state: 'running' });
      vm.waitForGuest({ timeoutMs: bootWithinMs, signal }).then(
        () => this.#store(run.id, { guest_agent: true }),
        () => {},
      );
      const end = await vm.ended;
      return end.reason === 'crashed' && !signal.aborted
        ? end.stderr.join('\n').slice(0, 2000) || 'QEMU crashed'
        : null;
    } finally {
      await rm(sockets, { recursive: true, force: true });
      await rm(stateDir, { recursive: true, force: true });
    }
  }

  async #store(id: string, set: { readonly state?: 'running'; readonly guest_agent?: boolean }): Promise<void> {
    await this.#services.db
      .updateTable('image_test')
      .set(set)
      .where('id', '=', id)
      .where('state', '<>', 'ended')
      .execute();
  }
}

/** A test run as people see it. @throws AtelierError `image.not-found` */
export async function readTestRun(services: Pick<Services, 'db'>, id: string): Promise<TestRun> {
  const row = await services.db
    .selectFrom('image_test')
    .innerJoin('image_version', 'image_version.id', 'image_test.version_id')
    .innerJoin('image', 'image.id', 'image_version.image_id')
    .selectAll('image_test')
    .select(['image.name', 'image_version.number'])
    .where('image_test.id', '=', id)
    .executeTakeFirst();
  if (!row) throw new AtelierError('image.not-found', `there is no test run ${id}`);
  return {
    id: row.id,
    image: row.name,
    version: row.number,
    state: row.state,
    guestAgent: row.guest_agent,
    error: row.error,
    startedAt: row.started_at.toISOString(),
  };
}
