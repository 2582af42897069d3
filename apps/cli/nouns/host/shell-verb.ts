import { fillPath } from '@atelier/api';
import { WebSocket } from 'ws';
import type { Verb } from '../../command/verb.ts';
import { chooseServer } from '../../connection/connect.ts';
import { openContextStore } from '../../connection/context-store.ts';
import { CliFailure, usageFailure } from '../../failure/cli-failure.ts';
import type { Ended } from '../../output/output.ts';
import { findHost, hostArgument } from './find-host.ts';

/** What a person types to leave when the shell itself no longer answers: Ctrl-]. */
const leave = 0x1d;

/** How the shell ended, as the server says it. */
type Ending = { readonly exit: number } | { readonly error: string };

export const shell: Verb = {
  name: 'shell',
  summary: 'open a shell on a host, through the server; Ctrl-] leaves it',
  arguments: [hostArgument],
  run: async (call): Promise<Ended> => {
    const { terminal } = call;
    if (!terminal.canAsk || !terminal.input.setRawMode)
      throw usageFailure('a shell needs a terminal', 'use "atelier host run" in scripts');
    const { id, name } = await findHost(call.api, call.args.host!);
    const { server, ca, secret } = chooseServer(call.common, openContextStore());
    const size = () => ({ columns: process.stdout.columns ?? 80, rows: process.stdout.rows ?? 24 });
    const url = new URL(fillPath('/hosts/:id/shell', { id }), server.replace(/^http/, 'ws'));
    url.search = new URLSearchParams(Object.entries(size()).map(([key, value]) => [key, String(value)])).toString();
    const headers: Record<string, string> = secret ? { authorization: `Bearer ${secret}` } : {};
    const socket = new WebSocket(url, [], { ca: ca ?? undefined, headers, signal: call.signal });
    const type = (data: Buffer) => (data.includes(leave) ? socket.close(1000) : socket.send(data));
    const resize = () => socket.readyState === socket.OPEN && socket.send(JSON.stringify({ resize: size() }));
    try {
      const ending = await new Promise<Ending | null>((resolve, reject) => {
        let last: Ending | null = null;
        socket.on('open', () => {
          terminal.input.setRawMode?.(true);
          terminal.input.on('data', type);
          terminal.input.resume();
          process.stdout.on('resize', resize);
        });
        socket.on('message', (data: Buffer, binary: boolean) => {
          if (binary) terminal.out.write(data);
          else last = JSON.parse(data.toString()) as Ending;
        });
        socket.on('close', () => resolve(last));
        socket.on('unexpected-response', (_request, answer) =>
          reject(
            new CliFailure({
              title: `the shell on ${name} was refused`,
              detail: `the server answered ${answer.statusCode}`,
            }),
          ),
        );
        socket.on('error', reject);
      });
      if (ending && 'error' in ending)
        throw new CliFailure({ title: `the shell on ${name} was lost`, detail: ending.error });
      return { kind: 'exit', code: ending ? ending.exit & 0xff : 0 };
    } finally {
      terminal.input.setRawMode?.(false);
      terminal.input.off('data', type);
      terminal.input.pause();
      process.stdout.off('resize', resize);
      socket.terminate();
    }
  },
};
