import { once } from 'node:events';
import type { RemoteCommand, RemoteShell } from '@atelier/adapters/winrm-client';
import type { hostEndpoints, Validated } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import type { RequestContext } from '../http/handlers.ts';
import type { Services } from '../services.ts';
import { hostProblem, withHost } from './host-problem.ts';
import type { HostSessions } from './host-sessions.ts';

/** Shells that are open in browsers at once, over all hosts of this server. */
const mostOpen = 100;
/** Bytes that may wait for a slow browser before the host's output is held back. */
const mostWaiting = 1024 * 1024;

const resize = z.object({
  resize: z.object({ columns: z.number().int().min(20).max(500), rows: z.number().int().min(5).max(300) }),
});

interface Opened {
  readonly name: string;
  readonly shell: RemoteShell;
  readonly command: RemoteCommand;
}

/** A login shell of the host's own; Windows has its command interpreter. */
const commandFor = (product: string): string => (/microsoft/i.test(product) ? 'cmd' : 'exec "$SHELL" -l');

async function forward(socket: WebSocket, { command, name }: Opened): Promise<void> {
  const send = (value: unknown) => socket.readyState === socket.OPEN && socket.send(JSON.stringify(value));
  try {
    const drain = async (stream: AsyncIterable<Buffer>) => {
      for await (const data of stream) {
        if (socket.readyState !== socket.OPEN) return;
        socket.send(data, { binary: true });
        while (socket.bufferedAmount > mostWaiting && socket.readyState === socket.OPEN)
          await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    await Promise.all([drain(command.stdout), drain(command.stderr)]);
    send({ exit: await command.exitCode });
  } catch (error) {
    const problem = hostProblem(error, name);
    send({ error: problem instanceof AtelierError ? problem.message : 'the shell was lost' });
  }
  socket.close(1000);
}

function receive(socket: WebSocket, { command }: Opened): void {
  socket.on('message', async (data: Buffer, binary: boolean) => {
    if (binary) {
      if (command.stdin.writable && !command.stdin.write(data)) {
        socket.pause();
        await Promise.race([once(command.stdin, 'drain'), once(command.stdin, 'close')]).catch(() => undefined);
        socket.resume();
      }
      return;
    }
    const asked = resize.safeParse(parsed(data));
    if (!asked.success) return;
    const { columns, rows } = asked.data.resize;
    await command.signal(`resize-${columns}x${rows}`).catch(() => undefined);
  });
  command.stdin.on('error', () => undefined);
}

function parsed(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString());
  } catch {
    return null;
  }
}

/** A host's shell in the browser: what opens it before the WebSocket is, and what serves it afterwards. */
export function hostShells(services: Services, sessions: HostSessions) {
  let open = 0;
  return {
    async prepare({ params, query }: Validated<typeof hostEndpoints.shell>, context: RequestContext): Promise<Opened> {
      if (open >= mostOpen) throw new AtelierError('host.busy', `${mostOpen} shells are open already`);
      open += 1;
      try {
        const { row, session } = await sessions.open(params.id);
        await services.database.withTransaction(async (trx) => {
          const object = { kind: 'host', id: row.id, name: row.name };
          await services.audit.append(trx, context, {
            verb: 'host.shell',
            object,
            before: null,
            after: { opened: true },
          });
        });
        return await withHost(row.name, async () => {
          const shell = await session.shell({ environment: { TERM: 'xterm-256color' } });
          try {
            const command = await shell.command(commandFor(row.product), [], { terminal: query });
            return { name: row.name, shell, command };
          } catch (error) {
            await shell.close().catch(() => undefined);
            throw error;
          }
        });
      } catch (error) {
        open -= 1;
        throw error;
      }
    },

    serve(socket: WebSocket, opened: Opened): void {
      socket.once('close', () => {
        open -= 1;
        opened.shell.close().catch(() => undefined);
      });
      receive(socket, opened);
      void forward(socket, opened);
    },
  };
}
