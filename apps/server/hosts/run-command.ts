import { Readable } from 'node:stream';
import type { Session } from '@atelier/adapters/winrm-client';
import type { hostEndpoints, Validated } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { RequestContext } from '../http/handlers.ts';
import type { BytesAnswer } from '../http/routes.ts';
import type { Services } from '../services.ts';
import { hostProblem, withHost } from './host-problem.ts';
import type { HostSessions } from './host-sessions.ts';

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** Both outputs as they come, each piece with its name. */
async function* merged(stdout: Readable, stderr: Readable): AsyncGenerator<readonly [stream: string, data: Buffer]> {
  const iterators = new Map(
    (
      [
        ['stdout', stdout],
        ['stderr', stderr],
      ] as const
    ).map(([name, stream]) => [name, stream[Symbol.asyncIterator]()]),
  );
  const next = (name: 'stdout' | 'stderr') =>
    iterators
      .get(name)!
      .next()
      .then((result) => ({ name, result }));
  const waiting = new Map([...iterators.keys()].map((name) => [name, next(name)]));
  while (waiting.size > 0) {
    const { name, result } = await Promise.race(waiting.values());
    if (result.done) waiting.delete(name);
    else {
      waiting.set(name, next(name));
      yield [name, result.value as Buffer];
    }
  }
}

async function* output(
  session: Session,
  name: string,
  asked: Validated<typeof hostEndpoints.run>['body'],
  signal: AbortSignal,
): AsyncGenerator<string> {
  const shell = await withHost(name, () => session.shell({ signal }));
  try {
    const running = await shell.command(asked.command, asked.arguments, { signal });
    running.stdin.on('error', () => undefined);
    running.stdin.end(Buffer.from(asked.stdin ?? '', 'base64'));
    for await (const [stream, data] of merged(running.stdout, running.stderr))
      yield line({ stream, data: data.toString('base64') });
    yield line({ exitCode: await running.exitCode });
  } catch (error) {
    // The head of the answer has gone: the error is its last line.
    const problem = signal.aborted
      ? new AtelierError('host.fault', `${name}: the command was ended after ${asked.timeoutSeconds} s`)
      : hostProblem(error, name);
    const known = problem instanceof AtelierError;
    yield line({
      error: known ? problem.message : 'the command could not be followed to its end',
      code: known ? problem.code : 'server.internal',
    });
  } finally {
    await shell.close().catch(() => undefined);
  }
}

/** Runs a command on a host and streams what it writes. */
export function runCommand(services: Services, sessions: HostSessions) {
  return async (
    { params, body }: Validated<typeof hostEndpoints.run>,
    context: RequestContext,
  ): Promise<BytesAnswer> => {
    const { row, session } = await sessions.open(params.id);
    await services.database.withTransaction(async (trx) => {
      await services.audit.append(trx, context, {
        verb: 'host.run',
        object: { kind: 'host', id: row.id, name: row.name },
        before: null,
        after: { command: body.command, arguments: body.arguments },
      });
    });
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(body.timeoutSeconds * 1000)]);
    const lines = output(session, row.name, body, signal);
    // Opening the shell fails with a problem of its own, before anything is answered.
    const first = await lines.next();
    const all = async function* () {
      if (!first.done) yield first.value;
      yield* lines;
    };
    return { headers: { 'content-type': 'application/x-ndjson' }, body: Readable.from(all()) };
  };
}
