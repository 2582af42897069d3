import { clientSocketPath } from '../connection/state-folder.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { version } from '../version.ts';
import { notifySystemd } from './notify-systemd.ts';
import { untilSignal } from './until-signal.ts';

/** Runs the agent of this machine until somebody asks it to end. */
export async function runAgent(terminal: Terminal): Promise<void> {
  let reload = () => {};
  // A terminal that closes means the end; a service manager means that plug-ins are to be read again, which before the agent runs is nothing.
  if (!process.stdin.isTTY) process.on('SIGHUP', () => reload());
  const ended = untilSignal(terminal, process.stdin.isTTY ? undefined : ['SIGINT', 'SIGTERM']);
  const { agentPluginFolder, agentStateFolder, giveMemoryBack, startAgent } = await import('@atelier/agent');
  const log = (line: object) => {
    terminal.err.write(`${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`);
  };
  const encodedCommands = process.env.ATELIER_AGENT_ENCODED_COMMANDS === 'shell' ? 'shell' : 'powershell';
  const agent = await startAgent({
    stateFolder: agentStateFolder(),
    version,
    log,
    encodedCommands,
    pluginFolder: agentPluginFolder(),
    clientSocket: clientSocketPath,
  });
  const stopGiving = giveMemoryBack();
  reload = () => void agent.reloadPlugins();
  await notifySystemd('READY=1');
  for (const { entry, port } of agent.ports)
    terminal.out.write(`${entry.transport.toLowerCase()}://${entry.address}:${port}/${entry.urlPrefix}\n`);
  await ended;
  reload = () => {};
  stopGiving();
  await notifySystemd('STOPPING=1');
  await agent.stop();
}
