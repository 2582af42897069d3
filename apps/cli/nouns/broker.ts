import type { Noun, Verb } from '../command/verb.ts';
import { stateFolder } from '../connection/state-folder.ts';
import { CliFailure } from '../failure/cli-failure.ts';
import { notifySystemd } from '../run/notify-systemd.ts';
import { untilSignal } from '../run/until-signal.ts';
import { brokerPlugInVerbs } from './broker-plug-in-verbs.ts';
import { brokerTaskVerbs } from './broker-task-verbs.ts';
import { brokerVerbs } from './broker-verbs.ts';
import { listenChoices, listenOptions } from './up.ts';

const start: Verb = {
  name: 'start',
  summary: 'run a connection broker by itself, beside the server’s own or on another machine',
  options: listenOptions
    .filter((one) => !one.flags.includes('public-url'))
    .map((one) =>
      one.flags.includes('--port') ? { ...one, summary: 'port to listen on (default 3389; 0: a free one)' } : one,
    ),
  examples: [
    [
      'ATELIER_DATABASE_URL=postgresql://… ATELIER_STATE=/var/lib/atelier atelier broker start --host 0.0.0.0',
      'over the server’s database, with its keys in the state folder',
    ],
  ],
  reloads: true,
  run: async (call) => {
    const ended = untilSignal(call.terminal, ['SIGINT', 'SIGTERM']);
    const { openServices, serverConfig } = await import('@atelier/server');
    const { brokerConfig, startBrokerOver } = await import('@atelier/broker');
    const { host, port } = listenChoices(call);
    const config = brokerConfig({ host, port });
    const at = config.port;
    if (at === null)
      throw new CliFailure({
        title: 'the broker is switched off',
        detail: 'ATELIER_BROKER_PORT is "off"',
        fix: 'unset it, or give --port',
      });
    const { services, close } = await openServices(serverConfig({ stateDir: stateFolder() }));
    try {
      const broker = await startBrokerOver(services, { ...config, port: at });
      const reload = () => {
        broker.chain
          .reload()
          .catch((error: unknown) => services.log.error({ err: error }, 'plug-ins stay as they are'));
      };
      process.on('SIGHUP', reload);
      await notifySystemd('READY=1');
      call.terminal.out.write(`rdp port ${broker.port}\n`);
      await ended;
      await notifySystemd('STOPPING=1');
      process.off('SIGHUP', reload);
      await broker.stop();
    } finally {
      await close();
    }
    return undefined;
  },
};

export const brokerNoun: Noun = {
  name: 'broker',
  summary: 'who decides where people’s desktops are: its state, its decisions, its plug-ins',
  group: 'Desktops of the broker:',
  verbs: [start, ...brokerVerbs, ...brokerPlugInVerbs, ...brokerTaskVerbs],
};
