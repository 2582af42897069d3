import type { Terminal } from '../terminal/terminal.ts';

/** Resolves when somebody asks the program to end. A terminal sends Ctrl-C to the whole group, and launchers pass it on as well: two within a second are one. */
export function untilSignal(
  terminal: Terminal,
  signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'],
): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let first = 0;
    const onSignal = (signal: NodeJS.Signals) => {
      if (!first) {
        first = performance.now();
        resolve(signal);
      } else if (performance.now() - first > 1000) {
        terminal.err.write('ended at once; the next start puts things in order\n');
        process.exit(130);
      }
    };
    for (const signal of signals) process.on(signal, onSignal);
  });
}
