import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

// Before anything else is loaded: a second start then reads compiled code instead of 500 TypeScript files.
enableCompileCache(
  process.env.NODE_COMPILE_CACHE ??
    join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'atelier', 'compiled'),
);
// A reader that has seen enough (`atelier … | head`) closes the pipe: that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
const { runOwnGrammar } = await import('./winrm/own-grammar.ts');
const args = process.argv.slice(2);
process.exitCode =
  args.join(' ') === 'agent run'
    ? await (await import('./run/run-agent-alone.ts')).runAgentAlone()
    : ((await runOwnGrammar(args)) ?? (await runHouseGrammar()));

async function runHouseGrammar(): Promise<number> {
  const { runCommandLine } = await import('./program.ts');
  const { version } = await import('./version.ts');
  return runCommandLine(args, version);
}
