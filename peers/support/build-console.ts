import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Builds the console as it is installed, so that the server under test serves what the sources say now. */
export function buildConsole(): void {
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
  execFileSync(process.execPath, [vite, 'build', 'apps/console', '--logLevel', 'warn'], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: 'inherit',
    // Under vitest it is `test`, for which the framework would build its slow form.
    env: { ...process.env, NODE_ENV: 'production' },
  });
}
