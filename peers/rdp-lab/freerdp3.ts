import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A program and what it needs in its environment. */
export interface LabProgram {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
  /** What it reads on standard input; default nothing. */
  readonly input?: string;
}

const root = join(import.meta.dirname, '../../.cache/freerdp3/usr');

/** A program of FreeRDP 3 as `npm test` unpacks it, beside FreeRDP 2. @throws Error when it is not there */
export function freeRdp3(name: 'xfreerdp3' | 'sdl-freerdp3' | 'freerdp-shadow-cli3'): LabProgram {
  const path = join(root, 'bin', name);
  if (!existsSync(path))
    throw new Error(`${path} is not there: "npm test" unpacks it from Debian's backports, and says why when it cannot`);
  const machine = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch as string] ?? process.arch;
  return { path, env: { LD_LIBRARY_PATH: join(root, 'lib', machine) } };
}
