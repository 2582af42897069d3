import { once } from 'node:events';
import { expect, it } from 'vitest';
import { supervise } from './supervise.ts';
import { SupervisorPool } from './supervisor-pool.ts';

const program = { argv: ['/bin/echo', 'hello'], environment: {}, folder: '/', account: null, terminal: null } as const;

it('has a supervisor ready for a shell, which runs one command, and another one after a while', async () => {
  const pool = new SupervisorPool();
  pool.enter();
  const ready = pool.take();
  const running = await supervise(program, () => ready);
  expect(running.pid).toBe(ready.pid);
  let text = '';
  running.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  expect(await running.exited).toBe(0);
  await expect.poll(() => text).toBe('hello\n');
  await running.gone;
  const next = pool.take();
  expect(next.pid).not.toBe(ready.pid);
  (await supervise(program, () => next)).stdout.resume();
  pool.leave();
});

it('lets it go with the last shell', async () => {
  const pool = new SupervisorPool();
  pool.enter();
  pool.enter();
  pool.leave();
  const spare = pool.take();
  pool.leave();
  const running = await supervise(program, () => spare);
  await running.kill();
  const waiting = new SupervisorPool();
  waiting.enter();
  const { startSupervisor, endSupervisor } = await import('./start-supervisor.ts');
  const untold = startSupervisor();
  const gone = once(untold, 'exit');
  endSupervisor(untold);
  expect(await gone).toEqual([1, null]);
  waiting.leave();
});

it('starts none for a command that cannot be', async () => {
  let started = 0;
  const start = () => {
    started++;
    throw new Error('not to be started');
  };
  await expect(supervise({ ...program, argv: ['/bin/echo', 'a\0b'] }, start)).rejects.toThrow('NUL');
  expect(started).toBe(0);
});
