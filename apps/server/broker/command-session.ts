import type { RemoteShell } from '@atelier/adapters/winrm-client';
import { AtelierError } from '@atelier/domain/errors';
import { withHost } from '../hosts/host-problem.ts';
import type { HostSessions } from '../hosts/host-sessions.ts';
import { type HostCommand, hostCommand, messageSeconds, type SessionCommand } from './host-session-scripts.ts';
import { quoteWord } from './quote-word.ts';
import type { SessionRow } from './session-view.ts';

/** How long a host may take. */
const patience = 30_000;

/** What a command that failed said, or its code. */
const failureOf = (exitCode: number, stderr: string): string =>
  stderr.trim().slice(0, 500) || `the command ended with code ${exitCode}`;

/** Runs it in the shell, which is closed then; gives why it failed, or null. */
async function runToEnd(shell: RemoteShell, asked: HostCommand, signal: AbortSignal): Promise<string | null> {
  try {
    const options = { signal, skipShell: true, mostOutput: 64 * 1024 };
    const { exitCode, stderr } = await shell.run(asked.command, asked.arguments.map(quoteWord), options);
    return exitCode === 0 ? null : failureOf(exitCode, stderr.toString('utf8'));
  } finally {
    await shell.close().catch(() => undefined);
  }
}

/** Runs it until it writes `word`, and lets it go on: the shell is closed at its end. Gives why it failed before, or null. */
async function runUntil(
  shell: RemoteShell,
  asked: HostCommand,
  word: string,
  signal: AbortSignal,
): Promise<string | null> {
  const long = AbortSignal.timeout((messageSeconds + 60) * 1000);
  let said = '';
  let wrong = '';
  try {
    const running = await shell.command(asked.command, asked.arguments.map(quoteWord), {
      signal: long,
      skipShell: true,
    });
    running.stdin.on('error', () => undefined).end();
    running.stderr.on('error', () => undefined);
    running.stderr.on('data', (chunk: Buffer) => {
      wrong = (wrong + chunk.toString('utf8')).slice(-4096);
    });
    const done = new Promise<true>((resolve) => {
      running.stdout.on('error', () => undefined);
      running.stdout.on('data', (chunk: Buffer) => {
        said = (said + chunk.toString('utf8')).slice(-4096);
        if (said.split('\n').includes(word)) resolve(true);
      });
    });
    const late = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
    );
    const first = await Promise.race([done, running.exitCode, late]);
    if (first === true) {
      void running.exitCode.catch(() => undefined).then(() => shell.close().catch(() => undefined));
      return null;
    }
    await shell.close().catch(() => undefined);
    return failureOf(first, wrong);
  } catch (error) {
    await shell.close().catch(() => undefined);
    throw error;
  }
}

/**
 * Does something to a session on its managed host.
 * @throws AtelierError `broker.not-managed`, `broker.command-failed`, `host.*`
 */
export async function commandOnHost(
  hosts: HostSessions,
  session: SessionRow,
  command: SessionCommand,
  signal: AbortSignal,
): Promise<void> {
  if (session.host_id === null)
    throw new AtelierError('broker.not-managed', `${session.target_name} is not linked to a managed host`);
  const { row, session: wsman } = await hosts.open(session.host_id);
  const system = /windows/i.test(`${row.facts?.osCaption ?? ''} ${row.product}`) ? 'windows' : 'linux';
  const asked = hostCommand(system, { user: session.user_name, hostSessionId: session.host_session_id }, command);
  if ('kind' in asked) throw new AtelierError('broker.command-failed', `${session.target_name}: ${asked.why}`);
  const within = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
  const failure = await withHost(row.name, async () => {
    const shell = await wsman.shell({ signal: within });
    return asked.until === null ? runToEnd(shell, asked, within) : runUntil(shell, asked, asked.until, within);
  });
  if (failure !== null) throw new AtelierError('broker.command-failed', `${row.name}: ${failure}`);
}
