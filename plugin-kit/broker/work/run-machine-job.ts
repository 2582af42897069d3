import { setTimeout as pause } from 'node:timers/promises';
import type { Provisioning, ProvisioningJob, ProvisioningSink } from '../src/provisioning.ts';
import type { AtWork } from './at-work.ts';
import { JobProgress } from './job-progress.ts';
import type { MachineHolds } from './machine-holds.ts';
import type { MachineJob } from './machine-job.ts';

/** How a job ended. */
export type JobOutcome =
  | { readonly state: 'done'; readonly result: unknown }
  | { readonly state: 'failed'; readonly error: { readonly code: string; readonly detail: string } }
  | { readonly state: 'cancelled' };

export interface JobTools {
  readonly locks: MachineHolds;
  readonly log: (line: string) => void;
  readonly progress: (fraction: number, message: string) => void;
  /** Aborted when a person cancels the job, or it must end here. */
  readonly signal: AbortSignal;
  /** Milliseconds for a plug-in to end a job that was cancelled; 30,000 unless told. */
  readonly cancelMs?: () => number;
  /** Milliseconds between looks whether the plug-in is in a loop; 1,000 unless told. */
  readonly aliveMs?: number;
}

const methods = {
  create: 'createVirtualMachines',
  patch: 'patchVirtualMachines',
  delete: 'deleteVirtualMachines',
} as const;

const some = (names: readonly string[]): string =>
  `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
const failed = (detail: string): JobOutcome => ({ state: 'failed', error: { code: 'broker.plug-in-failed', detail } });

/**
 * Has a plug-in do a job on machines, and waits for its end. What was done before, by a job that was interrupted, is left out: machines that are there are
 * not created, those that are gone not deleted. Never rejects for the plug-in's sake; one that goes on when it was cancelled is started anew.
 */
export async function runMachineJob(
  plugIn: AtWork<Provisioning>,
  id: string,
  { what, collection, collectionId, vmNames, image, settings }: MachineJob,
  tools: JobTools,
): Promise<JobOutcome> {
  const { locks, log, signal } = tools;
  const there = await locks.there(collectionId, plugIn.provider, vmNames);
  const left = vmNames.filter((name) => there.has(name) !== (what === 'create'));
  if (left.length < vmNames.length)
    log(
      `${some(vmNames.filter((name) => !left.includes(name)))}: ${what === 'create' ? 'there already' : 'no machine of it'}`,
    );
  if (left.length === 0) return { state: 'done', result: { machines: [] } };
  const holder = { id, collectionId, provider: plugIn.provider };
  const progress = new JobProgress(left, log, (name) => locks.lock(holder, name));
  const news = (work: () => void): void => {
    work();
    tools.progress(progress.fraction, progress.message);
  };
  const sink: ProvisioningSink = {
    onJobCreated: (vms) => news(() => progress.created(vms)),
    onVirtualMachineStatusChanged: (vm, status, error) => news(() => progress.machine(vm, status, error)),
    onVirtualMachineHostStatusChanged: (host, status, error) => progress.host(host, status, error),
    lockVirtualMachine: (vm) => progress.lock(vm),
    onJobCompleted: (error) => progress.completed(error),
    onJobCancelled: () => progress.cancelled(),
  };
  const job: ProvisioningJob = { id, collection, vmNames: left, image, settings };
  const release = plugIn.hold();
  const looking = setInterval(() => plugIn.checkAlive(), tools.aliveMs ?? 1000);
  try {
    // Also one that throws before it gives a promise.
    const work = (async () => plugIn.methods[methods[what]](job, sink))().then(
      () => null,
      (error: unknown) => (error as Error)?.message ?? String(error),
    );
    const ended = await unlessAborted(work, signal);
    const error = ended === gone ? await cancel(plugIn, id, work, tools) : ended;
    // All may be done by the time that it is asked to stop.
    if (ended === gone && (error !== null || progress.over?.kind === 'cancelled' || progress.fraction < 1)) {
      log('cancelled');
      return { state: 'cancelled' };
    }
    if (error !== null) return failed(`${plugIn.name}: ${error}`);
    if (progress.over?.kind === 'cancelled') return failed(`${plugIn.name} gave up without being asked to`);
    if (progress.over?.error) return failed(`${plugIn.name}: ${progress.over.error}`);
    await verify(what, collectionId, plugIn.provider, progress, locks);
    const bad = progress.named('failed');
    if (bad.length > 0) return failed(`${bad.length} of ${left.length} machines failed: ${some(bad)}`);
    return { state: 'done', result: { machines: progress.machines() } };
  } finally {
    clearInterval(looking);
    await progress.releaseLocks();
    release();
  }
}

/** What was said to be done must be: a machine that nobody can be sent to is none. What nothing was said of is what it is found to be. */
async function verify(
  what: MachineJob['what'],
  collectionId: string,
  provider: string,
  progress: JobProgress,
  locks: MachineHolds,
): Promise<void> {
  const complete = progress.named('complete');
  const there = await locks.there(collectionId, provider, complete);
  for (const name of complete) {
    if (what === 'delete' && there.has(name)) progress.correct(name, 'is said to be deleted, but is a target still');
    if (what === 'create' && !there.has(name)) progress.correct(name, 'is said to be there, but is no target: add it');
  }
  const silent = progress.silent();
  const found = await locks.there(collectionId, provider, silent);
  for (const name of silent)
    if (what !== 'patch' && found.has(name) === (what === 'create')) progress.found(name);
    else progress.correct(name, 'the plug-in never said what became of it');
}

const gone = Symbol('gone');

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | typeof gone> {
  return new Promise((resolve) => {
    const abort = (): void => resolve(gone);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    void work.then(resolve).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Gives what the work said in the end; a plug-in that goes on is started anew. */
async function cancel(
  plugIn: AtWork<Provisioning>,
  id: string,
  work: Promise<string | null>,
  { log, cancelMs: most = () => 30_000 }: JobTools,
): Promise<string | null> {
  const cancelMs = most();
  log('asked to stop');
  const late = new AbortController();
  const patience = pause(cancelMs, gone, { signal: late.signal }).catch(() => gone);
  const asked = (async () => plugIn.methods.cancelJob(id))().catch((error: unknown) =>
    log(`cancelJob failed: ${(error as Error)?.message}`),
  );
  const ended = await Promise.race([Promise.all([work, asked]).then(([said]) => said), patience]);
  late.abort();
  if (ended !== gone) return ended as string | null;
  log(`the plug-in did not stop within ${cancelMs / 1000} s, and is started anew`);
  plugIn.reset();
  return 'it did not stop';
}
