import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Plug-ins that make machines and do tasks, as somebody else would write them: one in a thread of the broker, one as a process. */

const makerModule = `const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export function createPlugin() {
  let broker;
  const jobs = new Map();
  const each = async (job, sink, work) => {
    jobs.set(job.id, { cancelled: false });
    const vms = job.vmNames.map((vmName) => ({ vmName, vmHost: 'blade-1' }));
    sink.onJobCreated(vms);
    for (const vm of vms) {
      if (jobs.get(job.id).cancelled) { sink.onJobCancelled(); return; }
      sink.onVirtualMachineStatusChanged(vm, 'in-progress');
      const lock = await sink.lockVirtualMachine(vm).catch((error) => { sink.onVirtualMachineStatusChanged(vm, 'failed', error.message); });
      if (!lock) continue;
      await work(vm);
      await lock.release();
      sink.onVirtualMachineStatusChanged(vm, 'complete');
    }
    sink.onJobCompleted();
  };
  const oddly = async (how) => {
    if (how === 'throw') throw new Error('the store is full');
    if (how === 'loop') for (;;);
    if (how === 'hang') await new Promise(() => {});
    if (how === 'exit') process.exit(3);
    if (how === 'hoard') { const all = []; for (;;) all.push(new Array(10000).fill(Math.random())); }
  };
  return {
    name: 'maker',
    initialize(provider) { broker = provider; },
    async createVirtualMachines(job, sink) {
      await oddly(job.settings.how);
      if (job.settings.how === 'lie') { sink.onVirtualMachineStatusChanged({ vmName: job.vmNames[0], vmHost: '' }, 'complete'); return; }
      if (job.settings.how === 'nonsense') { sink.onVirtualMachineStatusChanged({ vmName: 'other', vmHost: '' }, 'done'); sink.onJobCompleted({}); }
      if (job.settings.how === 'flood') for (let n = 0; n < 40000; n++) { sink.onVirtualMachineStatusChanged({ vmName: job.vmNames[0], vmHost: '' }, 'in-progress'); if (n % 1000 === 0) await sleep(30); }
      await each(job, sink, async ({ vmName }) => {
        await sleep(job.settings.pause ?? 0);
        await broker.resourceStore.addTarget({ name: vmName, collection: job.collection, state: 'stopped', properties: { image: job.image ? job.image.name + ':' + job.image.version : '' } });
      });
    },
    patchVirtualMachines: (job, sink) => each(job, sink, async ({ vmName }) => {
      await sleep(job.settings.pause ?? 0);
      await broker.resourceStore.setTargetProperty(vmName, 'image', job.image.name + ':' + job.image.version);
    }),
    deleteVirtualMachines: (job, sink) => each(job, sink, ({ vmName }) => broker.resourceStore.deleteTarget(vmName)),
    cancelJob: async (id) => { if (jobs.has(id)) jobs.get(id).cancelled = true; },
  };
}`;

const keeperModule = `const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export function createPlugin() {
  let broker, sink;
  const queue = new Map();
  const begin = async (task) => {
    const { targetName, identifier, context } = task;
    if (context === 'loop') for (;;);
    const tell = (status, detail) => sink.onUpdateTaskStatus(targetName, identifier, status, detail);
    tell('searching');
    await sleep(context.startsWith('wait') ? Number(context.slice(5)) : 0);
    if (!queue.has(identifier)) return;
    tell('applying', 'two of three patches');
    if (context === 'fail') tell('failed', 'no space on ' + targetName);
    else if (context !== 'stay') tell('success', 'three patches; ' + process.pid);
  };
  return {
    name: 'keeper',
    initialize(provider) { broker = provider; },
    async initializeTaskPlugin(given) {
      sink = given;
      const at = (ms) => new Date(Date.now() + ms);
      for await (const target of broker.globalStore.enumerateTargets({ collection: 'Morning' }))
        if (target.name === 'host0') sink.onSetTaskTime({ targetName: 'host0', identifier: 'monthly', label: 'Monthly patches', startTime: at(-1000), endTime: at(60000), deadline: at(60000), context: '', plugin: '', status: 'unknown' });
      sink.onSetTaskTime({ targetName: 'host1', identifier: 'later', label: 'Later', startTime: at(3600000), endTime: at(7200000), deadline: at(7200000), context: '', plugin: '', status: 'unknown' });
      sink.onSetTaskTime({ targetName: 'nowhere', identifier: 'x', label: '', startTime: at(0), endTime: at(0), deadline: at(0), context: '', plugin: '', status: 'unknown' });
      sink.onSetTaskTime({ targetName: 17 });
      sink.onReportTasks('host0');
    },
    async setTaskQueue(host, tasks) {
      if (tasks.some((one) => one.context === 'throw')) throw new Error('not today');
      const now = new Set(tasks.map((one) => one.identifier));
      for (const [id, on] of queue) if (on === host && !now.has(id)) queue.delete(id);
      for (const task of tasks) if (!queue.has(task.identifier)) { queue.set(task.identifier, host); void begin(task); }
    },
  };
}`;

/** The same over JSON-RPC: it hosts the module of the thread's plug-in, so that both do the same. */
const childProgram = `import { createInterface } from 'node:readline';
import { createPlugin } from './main.mjs';
const plugin = createPlugin();
let count = 0;
const waiting = new Map();
const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
const notify = (method, ...params) => send({ method, params });
const ask = (method, ...params) => new Promise((resolve, reject) => { waiting.set(++count, { resolve, reject }); send({ id: count, method, params }); });
const locked = async (method, ...params) => { const { lock } = await ask(method, ...params); return { release: () => ask('resourceStore.releaseTargetLock', lock) }; };
const resourceStore = new Proxy({}, { get: (_, name) => (...given) => ask('resourceStore.' + name, ...given) });
const globalStore = { async *enumerateTargets(query) { let iterator = null; do { const page = await ask('globalStore.enumerateTargets', query, iterator); yield* page.items; iterator = page.iterator; } while (iterator !== null); } };
const jobSink = (id) => ({ ...Object.fromEntries(['onJobCreated', 'onVirtualMachineStatusChanged', 'onVirtualMachineHostStatusChanged', 'onJobCompleted', 'onJobCancelled'].map((name) => [name, (...given) => notify('job.' + name, id, ...given)])), lockVirtualMachine: (vm) => locked('job.lockVirtualMachine', id, vm) });
const taskSink = Object.fromEntries(['onSetTaskTime', 'onDeleteTaskTime', 'onUpdateTaskStatus', 'onReportTasks'].map((name) => [name, (...given) => notify('task.' + name, ...given)]));
const handle = async (method, params) => {
  if (method === 'initialize') {
    await plugin.initialize?.({ resourceStore, globalStore });
    return { methods: Object.keys(plugin).filter((name) => typeof plugin[name] === 'function') };
  }
  if (method.endsWith('VirtualMachines')) return await plugin[method](params.job, jobSink(params.job.id));
  if (method === 'initializeTaskPlugin') return await plugin.initializeTaskPlugin(taskSink);
  return await plugin[method]?.(...(Array.isArray(params) ? params : []));
};
createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, method, params, result, error } = JSON.parse(line);
  if (method === undefined) { const one = waiting.get(id); waiting.delete(id); return error ? one?.reject(new Error(error.message)) : one?.resolve(result); }
  try { const said = await handle(method, params); if (id !== undefined) send({ id, result: said ?? null }); }
  catch (thrown) { if (id !== undefined) send({ id, error: { code: -32603, message: thrown.message } }); }
}).on('close', () => process.exit(0));`;

/** Puts the plug-in `maker` or `keeper` into a folder of plug-ins, enabled. */
export async function putWorking(
  folder: string,
  which: 'maker' | 'keeper',
  {
    name = which,
    child = false,
    ...more
  }: { readonly name?: string; readonly child?: boolean; readonly [key: string]: unknown } = {},
): Promise<void> {
  const place = join(folder, name);
  await mkdir(place, { mode: 0o755 });
  const runs = child
    ? { runs: 'child', command: [process.execPath, './child.mjs'] }
    : { runs: 'worker', main: 'main.mjs' };
  const manifest = { kind: 'broker', name, apiVersion: '1.0', enabled: true, ...runs, ...more };
  await writeFile(join(place, 'plugin.json'), JSON.stringify(manifest), { mode: 0o644 });
  await writeFile(join(place, 'main.mjs'), which === 'maker' ? makerModule : keeperModule, { mode: 0o644 });
  await writeFile(join(place, 'child.mjs'), childProgram, { mode: 0o644 });
}
