import type { MachineJob } from '../work/index.ts';
import type { BrokerFinding } from './finding.ts';
import { createMemoryStore, type MemoryStore } from './memory-provider.ts';
import { type JobTrial, type RunJobOptions, runJob } from './run-job.ts';
import { late, within } from './within.ts';
import { beginTrial, type StartPlugIn, type Trial, type WorkTrialOptions } from './work-trial.ts';

type Say = (severity: BrokerFinding['severity'], message: string) => void;
type What = MachineJob['what'];
type Job = (
  trial: Trial,
  what: What,
  more?: RunJobOptions & { readonly vmNames?: readonly string[] },
) => Promise<JobTrial | null>;

const whyFailed = ({ outcome, log }: JobTrial): string =>
  outcome.state === 'failed' ? `${outcome.error.detail}${log.length > 0 ? ` (${log.slice(-3).join('; ')})` : ''}` : '';

/** Has the plug-in make, patch and delete machines, in memory. Everything that is wrong is said. */
export async function checkProvisioning(start: StartPlugIn, options: WorkTrialOptions, say: Say): Promise<void> {
  const { machines, patience, provider } = options;
  const job: Job = async (trial, what, { vmNames = machines, ...more } = {}) => {
    const { collection, image } = options;
    const asked = { what, vmNames, collection, image: what === 'delete' ? null : image };
    const run = runJob(trial.plugin, trial.store, asked, { provider, cancelMs: patience, ...more });
    const done = await within(run, patience * 2 + 1000);
    if (done === late) return null;
    for (const one of done.nonsense) say('error', `${what}: tells what a broker does not understand: ${one}`);
    if (trial.store.locks.size > 0 && done.outcome.state === 'done')
      say('warning', `${what}: keeps ${[...trial.store.locks.keys()].join(', ')} locked when the job is over`);
    return done;
  };
  /** Whether all that is needed to go on was done. */
  const need = async (trial: Trial, what: What): Promise<JobTrial | null> => {
    const done = await job(trial, what);
    if (done === null) say('error', `${what}: takes more than ${patience * 2} ms`);
    else if (done.outcome.state === 'failed') say('error', `${what}: ${whyFailed(done)}`);
    return done?.outcome.state === 'done' ? done : null;
  };
  const namesIn = (store: MemoryStore): string => [...store.targets.keys()].toSorted().join(', ');
  const all = machines.toSorted().join(', ');

  const trial = await beginTrial(start, options);
  try {
    if (!(await need(trial, 'create'))) return;
    if (namesIn(trial.store) !== all) say('error', `create: asked for ${all}, it made ${namesIn(trial.store)}`);
    const made = trial.written();
    const patched = await need(trial, 'patch');
    const [busy, ...others] = machines;
    const someone = trial.store.targets.get(busy!)!;
    trial.store.targets.set(busy!, { ...someone, numSessions: 1 });
    const refused = await job(trial, 'delete');
    if (!trial.store.targets.has(busy!))
      say('error', `delete: takes ${busy} away while somebody is on it: lock it first`);
    else if (refused?.outcome.state === 'done') say('error', `delete: says that ${busy} is gone, which somebody is on`);
    if (others.some((one) => trial.store.targets.has(one)))
      say('warning', `delete: does not go on with the others when somebody is on ${busy}`);
    trial.store.targets.set(busy!, someone);
    const before = trial.written();
    const deleted = await need(trial, 'delete');
    for (const [what, done] of [
      ['patch', patched],
      ['delete', deleted],
    ] as const)
      if (done && done.locked.length === 0) say('warning', `${what}: works on machines that it has not locked`);
    if (trial.store.targets.size > 0) say('error', `delete: leaves ${namesIn(trial.store)}`);
    if (!deleted) return;
    await checkCancel(trial, job, say, options);
    await checkKills('create', made, true);
    await checkKills('delete', Math.max(1, trial.written() - before), false);
  } finally {
    await trial.kill();
  }

  /** Killed after each of its writes, the job is started again, as a person does. */
  async function checkKills(what: 'create' | 'delete', writes: number, there: boolean): Promise<void> {
    for (let lives = 1; lives <= Math.min(writes, options.kills); lives++) {
      const store = createMemoryStore();
      if (what === 'delete') {
        const maker = await beginTrial(start, options, store);
        await job(maker, 'create');
        await maker.kill();
      }
      const first = await beginTrial(start, options, store, lives);
      const death = new AbortController();
      void first.died.then(() => death.abort(new Error('killed')));
      await job(first, what, { signal: death.signal, cancelMs: 0 });
      await first.kill();
      const second = await beginTrial(start, options, store);
      const again = await job(second, what);
      await second.kill();
      const where = `${what}: killed after ${lives} of its writes and started again`;
      if (again?.outcome.state !== 'done') say('error', `${where}, it ${again ? whyFailed(again) : 'does not end'}`);
      const left = namesIn(store);
      if (left !== (there ? all : '')) say('error', `${where}, it leaves ${left || 'nothing'}`);
      if (!['', ...machines].includes([...store.locks.keys()].join())) say('warning', `${where}, it leaves locks`);
    }
  }
}

async function checkCancel(trial: Trial, job: Job, say: Say, { patience }: WorkTrialOptions): Promise<void> {
  const person = new AbortController();
  const done = await job(trial, 'create', {
    signal: person.signal,
    told: () => person.abort(new Error('cancelled')),
  });
  if (done === null || done.log.some((line) => line.includes('did not stop within')))
    say('error', `cancelJob: the job goes on for more than ${patience} ms`);
  for (const line of done?.log ?? []) if (line.startsWith('cancelJob failed')) say('error', line);
  const left = done === null ? null : await job(trial, 'create');
  if (left && left.outcome.state !== 'done')
    say('error', `create: cancelled and started again, it fails: ${whyFailed(left)}`);
  try {
    await within(Promise.resolve(trial.plugin.cancelJob?.('a-job-that-is-over')), patience);
  } catch (error) {
    say('warning', `cancelJob rejects for a job that is over: ${(error as Error).message}`);
  }
}
