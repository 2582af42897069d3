import { describe, expect, it } from 'vitest';
import type { BrokerPlugin } from '../src/broker-plugin.ts';
import type { Provider } from '../src/provider.ts';
import type { ProvisioningJob, ProvisioningSink } from '../src/provisioning.ts';
import type { TaskInfo, TaskPluginNotifySink } from '../src/task-plugin.ts';
import { createPlugin } from '../template/machines-and-tasks.ts';
import {
  checkBrokerPlugin,
  checkWork,
  createMemoryStore,
  memoryProvider,
  memoryTasks,
  runJob,
  sampleTarget,
  taskBench,
} from './index.ts';

type Odd = (good: BrokerPlugin, provider: Provider) => Partial<BrokerPlugin>;

/** What the kit says of the template when a part of it is another. */
const said = async (odd: Odd = () => ({})): Promise<string> =>
  (
    await checkWork(
      async (provider) => {
        const good = createPlugin({});
        await good.initialize?.(provider);
        return { plugin: { ...good, ...odd(good, provider) } };
      },
      { patience: 400 },
    )
  )
    .map((one) => `${one.severity} ${one.stage}: ${one.message}`)
    .join('\n');

const complete = (job: ProvisioningJob, sink: ProvisioningSink): void => {
  for (const vmName of job.vmNames) sink.onVirtualMachineStatusChanged({ vmName, vmHost: '' }, 'complete');
};

describe.concurrent('the kit, of machines', () => {
  it('finds nothing in the template, which is killed after each of its writes', async () => {
    expect(await said()).toBe('');
    expect(await checkBrokerPlugin(createPlugin({}))).toEqual([]);
  });

  const made = new Set<string>();
  it.each<[string, Odd, RegExp]>([
    ['half of the methods', () => ({ patchVirtualMachines: undefined as never }), /provisioning: it lacks patchVirt/],
    [
      'a failure',
      () => ({ createVirtualMachines: async () => Promise.reject(new Error('no space')) }),
      /create: machines-and-tasks: no space/,
    ],
    ['one that tells nothing', () => ({ createVirtualMachines: async () => {} }), /create: 3 of 3 machines failed/],
    [
      'machines that are none',
      () => ({ createVirtualMachines: async (job, sink) => complete(job, sink) }),
      /is no target: add it/,
    ],
    [
      'nonsense',
      (good) => ({
        createVirtualMachines: async (job, sink) => {
          try {
            sink.onVirtualMachineStatusChanged({ vmName: 'other', vmHost: '' }, 'complete');
          } catch {}
          await good.createVirtualMachines?.(job, sink);
        },
      }),
      /tells what a broker does not understand: other is no machine of this job/,
    ],
    [
      'one that takes machines from under people',
      (_, { resourceStore }) => ({
        deleteVirtualMachines: async (job, sink) => {
          for (const name of job.vmNames) await resourceStore.deleteTarget(name);
          complete(job, sink);
        },
      }),
      /takes check-1 away while somebody is on it(.|\n)*works on machines that it has not locked/,
    ],
    [
      'one that cannot be cancelled',
      (good, { resourceStore }) => {
        let times = 0;
        return {
          cancelJob: async () => {},
          createVirtualMachines: async (job, sink) => {
            times += 1;
            if (times === 1) return await good.createVirtualMachines?.(job, sink);
            sink.onJobCreated([]);
            await new Promise(() => undefined);
            await resourceStore.deleteTarget('never');
          },
        };
      },
      /cancelJob: the job goes on for more than 400 ms/,
    ],
    [
      'one that stumbles over what it left when it was killed',
      (_, { resourceStore }) => ({
        createVirtualMachines: async (job, sink) => {
          for (const name of job.vmNames) {
            // As with a disk beside the directory: made first, and in the way afterwards.
            if (made.has(name)) throw new Error(`the disk of ${name} exists`);
            made.add(name);
            await resourceStore.setTargetProperty('check-1', 'touched', true).catch(() => undefined);
            await resourceStore.addTarget({ name, collection: job.collection });
            made.delete(name);
          }
          complete(job, sink);
        },
      }),
      /create: killed after \d of its writes and started again, it .*the disk of check-\d exists/,
    ],
  ])('finds %s', async (_, odd, complaint) => {
    expect(await said(odd)).toMatch(complaint);
  });

  it('runs one job for a test of the author: with progress, log, locks, and the machine that somebody is on left alone', async () => {
    const busy = sampleTarget('desk-1', { provider: 'test', numSessions: 1 });
    const store = createMemoryStore([busy, sampleTarget('desk-2', { provider: 'test' })]);
    const plugin = createPlugin({ host: 'blade' });
    await plugin.initialize?.(memoryProvider(store));
    const image = { name: 'desk', version: 8 };
    const names = ['desk-1', 'desk-2', 'desk-3'];
    const { outcome, log, progress, locked } = await runJob(plugin, store, { what: 'patch', vmNames: names, image });
    expect(outcome).toMatchObject({ state: 'failed', error: { detail: '1 of 2 machines failed: desk-1' } });
    expect(log[0]).toBe('desk-3: no machine of it');
    expect(log).toContain('desk-1 on blade: failed: somebody is on desk-1, or it is being set up');
    expect(progress.at(-1)).toEqual([1, '1 of 2 machines']);
    expect(locked).toEqual(['desk-2']);
    expect(store.targets.get('desk-1')).toBe(busy);
    expect(store.targets.get('desk-2')).toMatchObject({ state: 'running', properties: { image: 'desk:8' } });
  });
});

describe.concurrent('the kit, of tasks', () => {
  /** Tasks that are done by `perform`, without a thought of cancelling. */
  const careless =
    (perform: (task: TaskInfo, sink: TaskPluginNotifySink, provider: Provider) => Promise<void> | void): Odd =>
    (_, provider) => {
      let sink: TaskPluginNotifySink;
      return {
        initializeTaskPlugin: (given) => {
          sink = given;
        },
        setTaskQueue: (_host, tasks) => {
          for (const one of tasks) void perform(one, sink, provider);
        },
      };
    };
  const at = new Date(Date.now() + 3_600_000);
  const times = {
    startTime: at,
    endTime: at,
    deadline: at,
    label: '',
    context: '',
    plugin: '',
    status: 'unknown',
  } as const;
  let starts = 0;

  it.each<[string, Odd, RegExp]>([
    ['half of the methods', () => ({ setTaskQueue: undefined as never }), /task: it lacks setTaskQueue/],
    ['silence', careless(() => undefined), /says nothing of a task within 400 ms/],
    [
      'a task that is no task',
      (good) => ({
        initializeTaskPlugin: async (sink) => {
          await good.initializeTaskPlugin?.(sink);
          sink.onSetTaskTime({ targetName: 17 } as never);
        },
      }),
      /plans what is no task/,
    ],
    [
      'tasks that grow with each start',
      (good) => ({
        initializeTaskPlugin: async (sink) => {
          await good.initializeTaskPlugin?.(sink);
          sink.onSetTaskTime({ targetName: 'check-1', identifier: `nightly-${++starts}`, ...times });
        },
      }),
      /plans 1 tasks more each time that it starts/,
    ],
    [
      'a task that is done twice when it is in its queue twice',
      careless(async ({ targetName, identifier }, sink) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        sink.onUpdateTaskStatus(targetName, identifier, 'success');
      }),
      /a task that is in its queue twice: the plug-in .* tells of a task that it has not/,
    ],
    [
      'one that goes on when it was cancelled',
      careless(async ({ targetName, identifier }, sink) => {
        for (let n = 0; n < 12; n++) {
          sink.onUpdateTaskStatus(targetName, identifier, 'applying');
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      }),
      /goes on with a task that was taken out of its queue/,
    ],
    [
      'one that is worse off after it was killed',
      careless(async ({ targetName, identifier }, sink, { resourceStore }) => {
        sink.onUpdateTaskStatus(targetName, identifier, 'applying');
        // A switch in place of a setting: done twice, it is undone.
        const target = await resourceStore.queryTarget(targetName);
        await resourceStore.setServerDrainMode(targetName, !target?.drain);
        await resourceStore.setTargetProperty(targetName, 'patched', true);
        sink.onUpdateTaskStatus(targetName, identifier, 'success');
      }),
      /killed after \d of a task's writes and started again, it leaves .* in place of/,
    ],
    ['a queue that is refused', () => ({ setTaskQueue: () => Promise.reject(new Error('not today')) }), /not today/],
  ])('finds %s', async (_, odd, complaint) => {
    expect(await said(odd)).toMatch(complaint);
  });

  it('gives tasks to a plug-in at any time of its clock, for a test of the author', async () => {
    const store = createMemoryStore([sampleTarget('pc-1', { provider: 'test', environment: 'floor' })]);
    const plugin = createPlugin({});
    await plugin.initialize?.(memoryProvider(store));
    const tasks = memoryTasks(store);
    const bench = taskBench(plugin, tasks);
    await bench.open();
    const id = await bench.plan({ targetName: 'pc-1', startTime: at });
    expect(await bench.begin()).toEqual([]);
    expect(await bench.begin(at)).toMatchObject([{ id, hostName: 'floor' }]);
    expect(await bench.idle(1000)).toBe(true);
    expect(tasks.all).toMatchObject([{ state: 'done', detail: 'it is running', told: ['applying', 'success'] }]);
    expect(bench.complaints).toEqual([]);
  });
});
