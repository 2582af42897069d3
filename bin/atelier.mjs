#!/usr/bin/env node
// The command `atelier`. Plain JavaScript for Node 18 and later, without npm packages: it makes sure that these are there,
// then goes on as the pinned Node with the real program (apps/cli/main.ts).
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pinnedNode } from '../tools/bootstrap/pinned-node.mjs';
import { prepare } from '../tools/bootstrap/prepare.mjs';
import { CannotPrepare, say } from '../tools/bootstrap/step.mjs';

const root = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))));
const args = process.argv.slice(2);

/** What must be there before this command can work. Only what runs the server or the client needs Debian's programs. */
function wanted() {
  const [first, second] = args.filter((arg) => !arg.startsWith('-'));
  if (args.includes('--help') || args.includes('-h')) return { debian: [], console: false };
  const serves = first === 'up' || (first === 'server' && second === 'run');
  const runs = serves || (first === 'client' && second === 'run');
  if (!runs) return { debian: [], console: false };
  return {
    debian: [
      'run',
      ...(serves && !process.env.ATELIER_DATABASE_URL ? ['database'] : []),
      ...(first === 'up' && !args.includes('--no-sample') ? ['sample'] : []),
    ],
    console: serves,
  };
}

const isClient = args.find((arg) => !arg.startsWith('-')) === 'client';

/**
 * What keeps a client small; others, who pack images or serve many, are faster without. glibc gives each thread a heap of its own and hardly
 * gives any back: two heaps, and large blocks by themselves. V8 would keep 32 MB more for young objects, of which a client has few beside its
 * buffers. Whoever set these knows better.
 */
const environment = isClient
  ? { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072', ...process.env }
  : process.env;
const flags = isClient ? ['--max-semi-space-size=1'] : [];

/** Goes on as the pinned Node: in this very process where Node can do that, otherwise in a child that gets our signals. */
function goOn() {
  const node = pinnedNode(root);
  const rest = ['--disable-warning=ExperimentalWarning', ...flags, join(root, 'apps/cli/main.ts'), ...args];
  if (typeof process.execve === 'function') {
    process.removeAllListeners('warning');
    process.execve(node, [node, ...rest], environment);
  }
  const child = spawn(node, rest, { stdio: 'inherit', env: environment });
  // A terminal sends Ctrl-C to the child as well: the program takes two within a moment for one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'])
    process.on(signal, () => child.kill(/** @type {NodeJS.Signals} */ (signal)));
  child.on('error', (error) => {
    const hint = existsSync(node) ? 'is libatomic1 installed?' : 'run "npm ci"';
    say(`the pinned Node cannot be started (${error.message}): ${hint}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
}

try {
  await prepare(root, wanted());
  goOn();
} catch (error) {
  if (!(error instanceof CannotPrepare)) throw error;
  say(error.message);
  process.exitCode = 1;
}
