import { type Change, newId } from '@atelier/adapters/postgres';
import { type ChannelCommand, channelCommand, channelMessage } from '@atelier/api';
import { AtelierError, errorKind } from '@atelier/domain/errors';
import type { z } from 'zod';
import type { Services } from '../services.ts';
import type { ChannelHub } from './channel-hub.ts';

/** How long an endpoint has for its answer, in milliseconds. It answers as soon as it has begun. */
const answerWithinMs = 20_000;

type Unnumbered<Command> = Command extends unknown ? Omit<Command, 'id'> : never;
/** A command before it has its id. */
export type Command = Unnumbered<ChannelCommand>;

const outcome = channelMessage.options[2].omit({ kind: true, id: true });
type Outcome = z.infer<typeof outcome>;

/** Brings commands to endpoints, through whichever server holds their channel, and their answers back. */
export interface CommandRouter {
  /** @throws AtelierError `endpoint.offline`, or the error that the endpoint answered with */
  ask(endpointId: string, command: Command): Promise<void>;
}

const failed = (error: unknown): Outcome => ({
  ok: false,
  error: {
    code: error instanceof AtelierError ? error.code : 'server.internal',
    detail: error instanceof Error ? error.message : String(error),
  },
});

/** An endpoint's refusal as an error with a status: codes that this server does not know keep their words. */
function refusal(error: Outcome['error']): AtelierError {
  const { code, detail } = error ?? {
    code: 'workspace.wrong-state',
    detail: 'the endpoint refused without saying why',
  };
  return errorKind(code).code === code
    ? new AtelierError(code, detail)
    : new AtelierError('workspace.blocked', `${detail} (${code})`);
}

/** `server` is this process's name in `endpoint.connected_to`. */
export function commandRouter(services: Services, hub: ChannelHub, server: string): CommandRouter {
  const { db, log } = services;
  const waiting = new Map<string, () => void>();

  const askHere = async (endpointId: string, command: ChannelCommand): Promise<Outcome> =>
    await hub.ask(endpointId, command, answerWithinMs).catch(failed);

  /** Leaves the command in the database, where the other server finds it, and waits until its answer stands there. */
  const askElsewhere = async (endpointId: string, there: string, command: ChannelCommand): Promise<Outcome> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.set(command.id, resolve);
    const timer = setTimeout(resolve, answerWithinMs + 5000);
    try {
      await db
        .insertInto('endpoint_command')
        .values({ id: command.id, endpoint_id: endpointId, server: there, message: JSON.stringify(command) })
        .execute();
      await promise;
      const row = await db
        .deleteFrom('endpoint_command')
        .where('id', '=', command.id)
        .returning('answer')
        .executeTakeFirst();
      if (!row?.answer)
        throw new AtelierError('endpoint.offline', 'the server that holds its connection did not answer');
      return outcome.parse(row.answer);
    } finally {
      clearTimeout(timer);
      waiting.delete(command.id);
    }
  };

  const deliver = async (id: string): Promise<void> => {
    const row = await db
      .selectFrom('endpoint_command')
      .selectAll()
      .where('id', '=', id)
      .where('server', '=', server)
      .where('answer', 'is', null)
      .executeTakeFirst();
    if (!row) return;
    const answer = await askHere(row.endpoint_id, channelCommand.parse(row.message));
    const { ok, error } = answer;
    await db
      .updateTable('endpoint_command')
      .set({ answer: JSON.stringify({ ok, error }) })
      .where('id', '=', id)
      .execute();
  };

  services.changes.subscribe(({ kind, id, action }: Change) => {
    if (kind !== 'endpoint-command') return;
    if (action === 'update') waiting.get(id)?.();
    if (action === 'insert' && !waiting.has(id))
      deliver(id).catch((error) => log.error({ err: error, command: id }, 'a command could not be delivered'));
  }, services.signal);

  return {
    ask: async (endpointId, unnumbered) => {
      const command = { ...unnumbered, id: newId() } as ChannelCommand;
      const row = await db
        .selectFrom('endpoint')
        .select(['connected_to', 'name'])
        .where('id', '=', endpointId)
        .executeTakeFirst();
      const there = row?.connected_to?.split('/', 1)[0];
      if (there === undefined)
        throw new AtelierError('endpoint.offline', `${row?.name ?? 'the endpoint'} is not connected`);
      const { ok, error } = await (there === server
        ? askHere(endpointId, command)
        : askElsewhere(endpointId, there, command));
      if (!ok) throw refusal(error);
    },
  };
}
