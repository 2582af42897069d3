import { flag, type Invocation, number, text } from '../command/invocation.ts';
import { wholeNumber } from '../command/parse-value.ts';
import type { LoneVerb, Option } from '../command/verb.ts';
import { stateFolder } from '../connection/state-folder.ts';
import { box } from '../run/box.ts';
import { untilSignal } from '../run/until-signal.ts';
import { version } from '../version.ts';

export const listenOptions: readonly Option[] = [
  { flags: '--host <address>', summary: 'address to listen on (0.0.0.0: for everybody; default: this machine only)' },
  { flags: '--port <port>', summary: 'port to listen on (default 8443; 0: a free one)', parse: wholeNumber(0) },
  { flags: '--public-url <url>', summary: 'the address under which others reach the server' },
];

export const listenChoices = (call: Invocation) => ({
  host: text(call, 'host'),
  port: number(call, 'port'),
  publicUrl: text(call, 'publicUrl'),
});

/** A virtual machine is there in these. */
const vmStates = ['starting', 'running', 'locked', 'stopping'];
/** What an RDP client dials; its own port needs no saying. */
const desktopLines = (url: string, port: number | null): readonly string[] =>
  port === null ? [] : [`Desktops  ${new URL(url).hostname}${port === 3389 ? '' : `:${port}`}   (any RDP client)`];
const brokerMissing =
  '! no desktops by RDP: port 3389 is taken or not allowed. Set ATELIER_BROKER_PORT to another one, or to "off"';
const took = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

export const upVerb: LoneVerb = {
  group: 'On this machine:',
  name: 'up',
  summary: 'start the server and this computer’s client in one process, until Ctrl-C',
  options: [
    ...listenOptions,
    { flags: '--no-sample', summary: 'do not prepare the sample workspace on the first start' },
    { flags: '--no-client', summary: 'start the server only' },
  ],
  examples: [
    ['atelier up', 'everything on this machine, with a small Debian as a sample'],
    ['atelier up --host 0.0.0.0', 'other computers may connect'],
    ['ATELIER_STATE=/srv/atelier atelier up --no-sample --port 9443', 'another folder, another port, no sample'],
  ],
  run: async (call) => {
    const { terminal } = call;
    const { style } = terminal;
    const say = (line: string) => terminal.err.write(`${line}\n`);
    const ended = untilSignal(terminal);
    const { runServer, serverLogFile } = await import('../run/running-server.ts');
    const begun = performance.now();
    let rdpPort: number | null = null;
    const broker = ({ port }: { readonly port: number }) => {
      rdpPort = port;
    };
    const server = await runServer(
      { ...listenChoices(call), sample: call.options.sample !== false, logToFile: true, broker },
      call.signal,
    );
    const stopping = new AbortController();
    let stillRunning = async (): Promise<string[]> => [];
    const parts: { stop(): Promise<void> }[] = [server];
    const stop = async () => {
      for (const part of parts.toReversed()) await part.stop();
    };
    try {
      say(`${style.green('✓')} server ${version} is ready (${took(begun)}), state in ${stateFolder()}`);
      if (call.options.client !== false) {
        const since = performance.now();
        const { runClient } = await import('../run/running-client.ts');
        const client = await runClient();
        parts.push(client);
        stillRunning = async () =>
          (await client.status()).workspaces.filter((one) => vmStates.includes(one.state)).map((one) => one.name);
        const { connection, accelerator } = await client.enroll(server.url, server.createEnrollmentToken);
        say(
          `${style.green('✓')} this computer’s client is ${connection} (${took(since)}), guests run under ${accelerator}`,
        );
      }
      const lines = [`Console   ${server.url}`, ...desktopLines(server.url, rdpPort)];
      if (rdpPort === null && process.env.ATELIER_BROKER_PORT !== 'off') say(style.red(brokerMissing));
      if (server.setupLink) lines.push('', 'Make the first administrator, once, within a day:', server.setupLink);
      terminal.out.write(`${box(lines)}\n`);
      say(style.dim(`Ctrl-C stops it. Log: ${serverLogFile()}`));
      if (call.options.sample !== false) {
        const { watchSample } = await import('../run/watch-sample.ts');
        void watchSample(server, terminal, flag(call, 'quiet'), stopping.signal);
      }
      const signal = await ended;
      stopping.abort();
      const left = await stillRunning().catch(() => []);
      if (left.length > 0)
        say(
          `${left.join(', ')} goes on running; the next start takes it over (to end it: atelier stop, before Ctrl-C)`,
        );
      say(`\nstopping (${signal}) …`);
    } finally {
      const since = performance.now();
      await stop();
      say(`${style.green('✓')} stopped (${took(since)})`);
    }
    return undefined;
  },
};
