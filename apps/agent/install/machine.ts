import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What installing does to a machine; a test gives one that only notes. */
export interface Machine {
  exists(path: string): boolean;
  /** The text of a file; null where there is none. */
  read(path: string): string | null;
  write(path: string, text: string, mode: number): Promise<void>;
  remove(path: string): Promise<void>;
  /** Runs a program to its end; throws when it fails. What it says goes to our standard error. */
  run(argv: readonly [string, ...string[]]): Promise<void>;
}

/** The machine that this process runs on. */
export const thisMachine: Machine = {
  exists: existsSync,
  read: (path) => (existsSync(path) ? readFileSync(path, 'utf8') : null),
  write: async (path, text, mode) => {
    await mkdir(dirname(path), { recursive: true });
    // Where a link leads to, the link stays; and nobody meets half of a file: PAM would let nobody in by it.
    const file = existsSync(path) ? await realpath(path) : path;
    const beside = `${file}.atelier-new`;
    await writeFile(beside, text, { mode, flush: true });
    await rename(beside, file);
  },
  remove: (path) => rm(path, { force: true, recursive: true }),
  run: (argv) =>
    new Promise((resolve, reject) => {
      const child = spawn(argv[0], argv.slice(1), {
        stdio: ['ignore', 2, 2],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
      child.on('error', (cause) => reject(new Error(`cannot run ${argv[0]}`, { cause })));
      child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${argv.join(' ')} ended with ${code}`))));
    }),
};
