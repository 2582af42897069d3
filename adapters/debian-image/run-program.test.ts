import { expect, test } from 'vitest';
import { runProgram } from './run-program.ts';

const sh = (script: string, options: Partial<Parameters<typeof runProgram>[2]> = {}) =>
  runProgram('sh', ['-c', script], { timeoutMs: 10_000, ...options });

test('gives the output, and each line of the words beside it', async () => {
  const lines: string[] = [];
  expect(await sh('echo out; echo one >&2; echo two >&2', { onLine: (line) => lines.push(line) })).toBe('out\n');
  expect(lines).toEqual(['one', 'two']);
});

test('a failure is told with the last words', async () => {
  await expect(sh('echo no room left >&2; exit 3')).rejects.toMatchObject({
    code: 'image.sample-failed',
    message: '"sh" ended with 3: no room left',
  });
  await expect(runProgram('/no/such', [], { timeoutMs: 1000 })).rejects.toMatchObject({
    code: 'image.sample-tool-missing',
  });
});

test('calling it off ends it and its children', async () => {
  const control = new AbortController();
  const running = sh('sleep 60 & echo started >&2; wait', {
    signal: control.signal,
    onLine: () => control.abort(new Error('enough')),
  });
  await expect(running).rejects.toThrow('enough');
  await expect(sh('sleep 60', { timeoutMs: 20 })).rejects.toThrow(/timeout/);
});
