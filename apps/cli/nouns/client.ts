import { flag, text } from '../command/invocation.ts';
import type { Noun, Verb } from '../command/verb.ts';
import { usageFailure } from '../failure/cli-failure.ts';
import { openLocalClient } from '../local/local-client.ts';
import { done } from '../output/output.ts';
import { untilSignal } from '../run/until-signal.ts';
import { askSecret, secretsFromInput } from '../terminal/ask.ts';
import { localVerbs } from './local.ts';

const run: Verb = {
  name: 'run',
  summary: 'run this computer’s client in the foreground (for systemd)',
  run: async (call) => {
    const ended = untilSignal(call.terminal);
    const { runClient } = await import('../run/running-client.ts');
    const { notifySystemd } = await import('../run/notify-systemd.ts');
    const client = await runClient();
    await notifySystemd('READY=1');
    call.terminal.out.write(`${client.socketPath}\n`);
    await ended;
    await notifySystemd('STOPPING=1');
    await client.stop();
    return undefined;
  },
};

const enroll: Verb = {
  name: 'enroll',
  summary: 'make this computer known to a management server',
  arguments: [
    { name: 'server', summary: 'https://HOST:PORT' },
    { name: 'token', summary: 'the one-time token (better: asked for, or from standard input)', optional: true },
  ],
  options: [
    { flags: '--token-stdin', summary: 'read the token from standard input instead of asking' },
    { flags: '--name <name>', summary: 'the computer’s name (default: its host name)' },
  ],
  examples: [
    ['atelier client enroll https://atelier.example.org:8443', 'asks for the token that "atelier endpoint token" made'],
    ['atelier client enroll https://atelier.example.org:8443 --token-stdin < token', 'for roll-outs'],
  ],
  run: async (call) => {
    const server = URL.parse(call.args.server!);
    if (server?.protocol !== 'https:') throw usageFailure(`${call.args.server} is not an https address`);
    const token = flag(call, 'tokenStdin')
      ? (await secretsFromInput(call.terminal, 1))[0]!
      : (call.args.token ??
        (await askSecret(
          call.terminal,
          'enrolment token',
          'nobody can be asked here: pipe the token in and add --token-stdin',
        )));
    const client = openLocalClient();
    try {
      const body = { server: server.origin, token, name: text(call, 'name') };
      const now = await client.api.enroll({ body }, { signal: call.signal });
      return done(`this computer is enrolled with ${now.server}`, now, now.endpointId ?? undefined);
    } finally {
      client.close();
    }
  },
};

const refresh: Verb = {
  name: 'refresh',
  summary: 'ask the server for the newest policy now',
  run: async () => {
    const client = openLocalClient();
    try {
      return done('the newest policy was asked for', await client.api.refresh());
    } finally {
      client.close();
    }
  },
};

export const clientNoun: Noun = {
  name: 'client',
  summary: 'the client daemon on this machine',
  group: 'On this machine:',
  verbs: [run, enroll, localVerbs.find((one) => one.name === 'status')!, refresh],
};
