import { AtelierError } from '@atelier/domain/errors';
import { withHost } from '../hosts/host-problem.ts';
import type { HostSessions } from '../hosts/host-sessions.ts';
import { hostCommand, type SessionCommand } from './host-session-scripts.ts';
import { quoteWord } from './quote-word.ts';
import type { SessionRow } from './session-view.ts';

/** How long a host may take. */
const patience = 30_000;

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
  const { exitCode, stderr } = await withHost(row.name, async () => {
    const shell = await wsman.shell({ signal: within });
    try {
      return await shell.run(asked.command, asked.arguments.map(quoteWord), {
        signal: within,
        skipShell: true,
        mostOutput: 64 * 1024,
      });
    } finally {
      await shell.close().catch(() => undefined);
    }
  });
  if (exitCode !== 0)
    throw new AtelierError(
      'broker.command-failed',
      `${row.name}: ${stderr.toString('utf8').trim().slice(0, 500) || `the command ended with code ${exitCode}`}`,
    );
}
