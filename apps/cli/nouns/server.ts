import { resolve } from 'node:path';
import type { Noun, Verb } from '../command/verb.ts';
import { stateFolder } from '../connection/state-folder.ts';
import { CliFailure } from '../failure/cli-failure.ts';
import { formatBytes } from '../output/format-value.ts';
import { done, item } from '../output/output.ts';
import { askControl } from '../run/ask-control.ts';
import { untilSignal } from '../run/until-signal.ts';
import { progressLine } from '../terminal/progress-line.ts';
import { firstOwnerVerb } from './first-owner.ts';
import { listenChoices, listenOptions } from './up.ts';

const run: Verb = {
  name: 'run',
  summary: 'run the management server in the foreground (for systemd)',
  options: listenOptions,
  examples: [['ATELIER_STATE=/var/lib/atelier atelier server run --host 0.0.0.0', 'JSON lines as a log on stderr']],
  run: async (call) => {
    const ended = untilSignal(call.terminal);
    const { runServer } = await import('../run/running-server.ts');
    const { notifySystemd } = await import('../run/notify-systemd.ts');
    const broker = ({ port }: { readonly port: number }) => call.terminal.out.write(`rdp port ${port}\n`);
    const server = await runServer({ ...listenChoices(call), logToFile: false, broker }, call.signal);
    await notifySystemd(`READY=1\nSTATUS=${server.url}`);
    call.terminal.out.write(`${server.url}\n`);
    if (server.setupLink) call.terminal.err.write(`make the first administrator: ${server.setupLink}\n`);
    await ended;
    await notifySystemd('STOPPING=1');
    await server.stop();
    return undefined;
  },
};

/** The running server's answer, or that of one that is started for the moment. */
async function fromServer<T>(
  signal: AbortSignal,
  act: 'setup-link' | 'backup',
  body: object,
  otherwise: (server: import('@atelier/server').RunningServer) => Promise<T>,
): Promise<T> {
  const answer = await askControl(stateFolder(), act, body, signal);
  if (answer) return answer as T;
  const { runServer } = await import('../run/running-server.ts');
  const server = await runServer({ host: '127.0.0.1', port: 0, logToFile: true }, signal);
  try {
    return await otherwise(server);
  } finally {
    await server.stop();
  }
}

const setupLink: Verb = {
  name: 'setup-link',
  summary: 'make a one-time link that makes an administrator (on the server’s own machine)',
  examples: [
    ['atelier server setup-link', 'when the first link was lost, or nobody knows an owner’s password any more'],
  ],
  run: async (call) => {
    const answer = await fromServer(call.signal, 'setup-link', {}, async (server) => ({
      link: await server.createSetupLink(),
    }));
    return item(answer, [{ title: 'link', value: (one: { link: string }) => one.link }], answer.link);
  },
};

const backup: Verb = {
  name: 'backup',
  summary: 'write the database and the keys into one archive, while the server works on',
  arguments: [{ name: 'file', summary: 'the archive to write; it holds private keys', completes: 'file' }],
  examples: [
    ['atelier server backup /srv/backup/atelier.tar', 'images are not in it: copy the folder "repository" as it is'],
  ],
  run: async (call) => {
    const target = resolve(call.args.file!);
    const line = progressLine(call.terminal, call.common.quiet);
    line.update('  writing the backup');
    const manifest = await fromServer(call.signal, 'backup', { target }, (server) => server.backup(target)).finally(
      () => line.end(),
    );
    return done(`${target} holds the database and the keys: keep it as you keep those`, manifest, target);
  },
};

const restore: Verb = {
  name: 'restore',
  summary: 'fill an empty state folder from a backup; the server must be stopped',
  arguments: [{ name: 'file', summary: 'the archive', completes: 'file' }],
  examples: [
    [
      'ATELIER_STATE=/var/lib/atelier atelier server restore /srv/backup/atelier.tar',
      'then copy "repository" back and start the server',
    ],
  ],
  run: async (call) => {
    const stateDir = stateFolder();
    if (await askControl(stateDir, 'setup-link', {}, call.signal).catch(() => true))
      throw new CliFailure({
        title: 'the server runs',
        detail: `it uses ${stateDir}`,
        fix: 'stop it, and give a folder that is empty: ATELIER_STATE=/new/folder',
      });
    const { restore: restoreFrom } = await import('@atelier/adapters/postgres');
    const line = progressLine(call.terminal, call.common.quiet);
    await restoreFrom({
      source: resolve(call.args.file!),
      stateDir,
      url: process.env.ATELIER_DATABASE_URL,
      signal: call.signal,
      onProgress: ({ step, bytes }) => line.update(`  ${step} ${bytes === null ? '' : formatBytes(bytes)}`),
    }).finally(() => line.end());
    return done(
      `${stateDir} is as the backup was: start the server, then check the repository with "atelier image fsck"`,
    );
  },
};

export const serverNoun: Noun = {
  name: 'server',
  summary: 'the management server on this machine',
  group: 'On this machine:',
  verbs: [run, setupLink, firstOwnerVerb, backup, restore],
};
