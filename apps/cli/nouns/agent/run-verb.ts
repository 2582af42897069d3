import type { Verb } from '../../command/verb.ts';
import { clientSocketPath } from '../../connection/state-folder.ts';
import { notifySystemd } from '../../run/notify-systemd.ts';
import { untilSignal } from '../../run/until-signal.ts';
import { version } from '../../version.ts';

export const runVerb: Verb = {
  name: 'run',
  summary: 'run the agent in the foreground (for systemd)',
  examples: [['ATELIER_AGENT_STATE=/tmp/agent atelier agent run', 'try it without installing it']],
  reloads: true,
  run: async (call) => {
    let reload = () => {};
    // A terminal that closes means the end; a service manager means that plug-ins are to be read again, which before the agent runs is nothing.
    if (!process.stdin.isTTY) process.on('SIGHUP', () => reload());
    const ended = untilSignal(call.terminal, process.stdin.isTTY ? undefined : ['SIGINT', 'SIGTERM']);
    const { agentPluginFolder, agentStateFolder, startAgent } = await import('@atelier/agent');
    const log = (line: object) => {
      call.terminal.err.write(`${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`);
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
    reload = () => void agent.reloadPlugins();
    await notifySystemd('READY=1');
    for (const { entry, port } of agent.ports)
      call.terminal.out.write(`${entry.transport.toLowerCase()}://${entry.address}:${port}/${entry.urlPrefix}\n`);
    await ended;
    reload = () => {};
    await notifySystemd('STOPPING=1');
    await agent.stop();
    return undefined;
  },
};
