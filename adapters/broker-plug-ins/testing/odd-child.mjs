// A plug-in in a process of its own whose `mode` says how it goes wrong: JSON-RPC 2.0, one message on each line.
import { createInterface } from 'node:readline';

let mode = '';
let count = 0;
const waiting = new Map();
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const ask = (method, params) =>
  new Promise((resolve) => {
    waiting.set(++count, resolve);
    send({ id: count, method, params });
  });

const stage = {
  good: async ({ call, connection }) => {
    const below = await ask('next', { call });
    const target = await ask('globalStore.queryTarget', ['h2']);
    send({ method: 'report', params: { call, status: 'finding-destination', text: connection.user } });
    return { ...below, targetName: target.name };
  },
  environment: async () => {
    send({ method: 'log', params: ['info', JSON.stringify([Object.keys(process.env).sort(), process.argv.slice(2)])] });
    return null;
  },
  garbage: async () => {
    process.stdout.write('hello\n{"half": \n[1,2]\n\n"text"\n\xff\xfe\n');
    return { targetName: 'h2', isNewConnection: true };
  },
  'much-garbage': async () => {
    for (let n = 0; n < 2000; n++) process.stdout.write('hello\n');
    return null;
  },
  'long-line': async () => {
    process.stdout.write(`{"jsonrpc": "2.0", "x": "${'x'.repeat(2 * 1024 * 1024)}`);
    return await new Promise(() => undefined);
  },
  'strange-answers': async () => {
    send({ id: 4711, result: 1 });
    send({ id: null, error: 'x' });
    send({ id: {}, method: 'next', params: { call: 'x' } });
    send({ id: 7, method: 'constructor', params: [] });
    send({ id: 8, method: 'resourceStore.__proto__', params: [1] });
    send({ id: 9, method: '__proto__.x', params: [1] });
    return { targetName: 'h2', isNewConnection: true };
  },
  hoard: async () => {
    const all = [];
    for (;;) {
      all.push(Buffer.alloc(2 * 1024 * 1024, 1));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  },
  exit: async () => process.exit(3),
  loop: async () => {
    for (;;);
  },
  'loop-deaf': async () => {
    process.on('SIGTERM', () => undefined);
    for (;;);
  },
};

createInterface({ input: process.stdin })
  .on('line', async (line) => {
    const { id, method, params, result } = JSON.parse(line);
    if (method === undefined) waiting.get(id)?.(result);
    else if (method === 'initialize') {
      mode = params.settings.mode;
      send({ id, result: { methods: ['getMostSuitableTarget', 'constructor'] } });
    } else if (method === 'getMostSuitableTarget') send({ id, result: await stage[mode](params) });
    else if (id !== undefined) send({ id, result: null });
  })
  .on('close', () => process.exit(0));
