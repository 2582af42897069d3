import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Starts a programme of this folder; gives its first message beside it. */
export async function forked<Said>(name: string, told?: object): Promise<{ child: ChildProcess; said: Said }> {
  const child = fork(join(import.meta.dirname, `${name}.ts`));
  if (told) child.send(told);
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${name} ended with ${code}`);
  });
  const [said] = (await Promise.race([once(child, 'message'), ended])) as [Said];
  ended.catch(() => {});
  return { child, said };
}

/** Lets a programme of this folder do its work and end. */
export async function runLoad<Said>(name: string, told: object): Promise<Said> {
  const { child, said } = await forked<Said>(name, told);
  await end(child);
  return said;
}

/** Ends it and waits for that. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
