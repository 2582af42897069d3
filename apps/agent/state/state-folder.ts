import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the agent keeps its settings, certificate and accounts: `ATELIER_AGENT_STATE`, the service's folder, or the user's. */
export function agentStateFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  if (env.ATELIER_AGENT_STATE) return env.ATELIER_AGENT_STATE;
  if (process.getuid?.() === 0) return '/var/lib/atelier-agent';
  return join(env.XDG_STATE_HOME || join(homedir(), '.local/state'), 'atelier-agent');
}
