import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Verb } from '../../command/verb.ts';
import { done, list } from '../../output/output.ts';

/** Whether anybody listens on a port of this machine. */
const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 2000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });

export const statusVerb: Verb = {
  name: 'status',
  summary: 'show where the agent of this machine listens, and whether it does',
  run: async (call) => {
    const { agentStateFolder, openSettings, readPluginReport } = await import('@atelier/agent');
    const folder = agentStateFolder();
    if (!existsSync(join(folder, 'winrm.json')))
      return done('there is no agent on this machine: sudo atelier agent install');
    for (const one of await readPluginReport(folder))
      if (one.state === 'failed') call.terminal.err.write(`plug-in ${one.folder} is left out: ${one.error}\n`);
    const { listeners } = (await openSettings(folder)).current;
    const items = await Promise.all(
      listeners.map(async (one) => ({
        ...one,
        state: !one.enabled ? 'off' : (await listens(one.port)) ? 'listening' : 'not running',
      })),
    );
    const columns = [
      { title: 'transport', value: (one: (typeof items)[number]) => one.transport },
      { title: 'address', value: (one: (typeof items)[number]) => one.address },
      { title: 'port', value: (one: (typeof items)[number]) => one.port },
      { title: 'state', value: (one: (typeof items)[number]) => one.state },
    ];
    return list(
      items,
      columns,
      (one) => `${one.transport}:${one.port}`,
      'it listens nowhere: sudo atelier agent install',
    );
  },
};
