// A plug-in whose `mode` says how it goes wrong. Runs in a thread, as others would write it: it imports nothing of ours but types.
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrokerPlugin, Provider } from '@atelier/plugin-kit/broker';

const forever = (): never => {
  for (;;);
};

const hoard = (): never => {
  const all: unknown[] = [];
  for (;;) all.push(new Array(10_000).fill(Math.random()));
};

const hoardBuffers = (): never => {
  const all: Buffer[] = [];
  for (;;) {
    all.push(Buffer.alloc(1024 * 1024, 1));
    const until = performance.now() + 4;
    while (performance.now() < until);
  }
};

export function createPlugin({ mode }: Provider['settings']): BrokerPlugin {
  let provider: Provider;
  if (mode === 'fail-to-load') throw new Error('no settings');
  let told = 0;
  return {
    name: 'odd',
    notifyTargetChange: () => {
      told += 1;
      if (mode === 'loop-when-told') forever();
      if (told === 10_000) provider.log('info', 'told 10000 times');
    },
    initialize: (given) => {
      provider = given;
      if (mode === 'loop-at-start') forever();
    },
    async getMostSuitableTarget(connection, sink, next) {
      switch (mode) {
        case 'throw':
          throw new Error('no luck');
        case 'refuse':
          throw provider.error('access-denied', 'not today');
        case 'nonsense':
          return { targetName: 17 } as never;
        case 'hang':
          return await new Promise(() => undefined);
        case 'loop':
          return forever();
        case 'hoard':
          return hoard();
        case 'hoard-buffers':
          return hoardBuffers();
        case 'exit':
          return process.exit(3);
        case 'print':
          console.log('x'.repeat(100_000));
          return { targetName: 'h2', isNewConnection: true };
        case 'flood':
          for (;;) {
            provider.log('info', 'again');
            await new Promise(setImmediate);
            for (let n = 0; n < 1000; n++) provider.log('info', 'again');
          }
        case 'wait-for-abort':
          await sleep(60_000, null, { signal: connection.signal }).catch(() => provider.log('info', 'aborted'));
          return undefined;
        case 'look': {
          const names: string[] = [];
          for await (const one of provider.globalStore.enumerateTargets({ collection: 'office' })) names.push(one.name);
          provider.log(
            'info',
            JSON.stringify({ env: Object.keys(process.env), argv: process.argv.slice(2), targets: names.length }),
          );
          sink.report('finding-destination', 'looking\naround');
          await connection.putContext('seen', names.length);
          const lock = await provider.resourceStore.acquireTargetLock('h2', 1000);
          const session = await connection.disconnectedSession();
          const refused = await provider.resourceStore.setTargetState('h1', 'down').catch((error) => error.code);
          provider.log('info', `${lock.fence > 0} ${session?.createdAt instanceof Date} ${refused}`);
          await lock.release();
          return { targetName: 'h2', isNewConnection: true };
        }
        case 'keep-lock':
          await provider.resourceStore.acquireTargetLock('h2', 1000);
          return process.exit(1);
        default: {
          const below = await next();
          return { ...below, targetName: 'h2' };
        }
      }
    },
  };
}
