import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningServer } from '@atelier/server';
import { bar, progressLine } from '../terminal/progress-line.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Shows how far the sample of the first start is, until it is there. Says nothing when there is none to prepare. */
export async function watchSample(
  server: Pick<RunningServer, 'sampleProgress'>,
  terminal: Terminal,
  quiet: boolean,
  signal: AbortSignal,
): Promise<void> {
  const line = progressLine(terminal, quiet);
  const since = performance.now();
  try {
    let now = await server.sampleProgress();
    if (now === null || now.state === 'done') return;
    while (now && (now.state === 'queued' || now.state === 'running')) {
      line.update(['  sample workspace debian-lab', bar(now.progress), now.message].filter(Boolean).join('  '));
      await sleep(1000, undefined, { signal });
      now = await server.sampleProgress();
    }
    const minutes = ((performance.now() - since) / 60_000).toFixed(1);
    if (now?.state === 'done')
      line.end(
        `${terminal.style.green('✓')} sample workspace debian-lab is ready (${minutes} min): atelier sign-in, then atelier start debian-lab`,
      );
    else
      line.end(
        `${terminal.style.red('✗')} the sample workspace could not be prepared: ${now?.message || 'see "atelier task ls"'}`,
      );
  } catch {
    // The server stops: the sample goes on with the next start.
    line.end();
  }
}
