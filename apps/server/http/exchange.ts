import type { IncomingMessage } from 'node:http';
import type { Endpoint, Validated } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { Refusal } from '../audit/refusals.ts';
import type { Queries } from '../services.ts';
import { requireAccess } from './access.ts';
import { authenticate, type Caller, type Credentials } from './authenticate.ts';
import type { Actor } from './handlers.ts';
import { invalid } from './problem.ts';
import { requireSameOrigin } from './same-origin.ts';

/** What the checks before a handler need. */
export interface Gate {
  readonly credentials: Credentials;
  readonly queries: Queries;
  readonly publicUrl: () => string;
  readonly log: Logger;
  /** Keeps what people were refused. */
  readonly refused?: (refusal: Refusal) => void;
}

/** Has it kept that somebody was refused for want of a permission; other errors are nobody's business. */
export function noteRefusal(gate: Gate, endpoint: Endpoint, actor: Actor, correlationId: string, error: unknown): void {
  if (actor.kind !== 'user' || !(error instanceof AtelierError) || error.code !== 'people.not-allowed') return;
  const action = `${endpoint.method} ${endpoint.path}`;
  gate.refused?.({ actor, action, permission: String(error.extra?.permission ?? ''), correlationId });
}

const safe = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Everything that happens before a request's body is read: who is it, may they, did their own page send it.
 * With `correlationId` it is a person's request, and kept when they are refused. @throws AtelierError as {@link requireAccess} and {@link requireSameOrigin}
 */
export async function admit(
  request: IncomingMessage,
  endpoint: Endpoint,
  params: unknown,
  gate: Gate,
  correlationId?: string,
): Promise<Caller> {
  const caller = await authenticate(request, gate.credentials);
  const changes = !safe.has(request.method ?? 'GET');
  if (changes || endpoint.stream === 'socket') requireSameOrigin(request.headers, gate.publicUrl(), caller.byCookie);
  await requireAccess(endpoint, caller.actor, params, gate.queries).catch((error: unknown) => {
    if (correlationId !== undefined) noteRefusal(gate, endpoint, caller.actor, correlationId, error);
    throw error;
  });
  return caller;
}

const checked = (schema: z.ZodType | undefined, value: unknown, where: string): unknown => {
  if (!schema) return undefined;
  const result = schema.safeParse(value);
  if (!result.success) throw invalid(result.error, where);
  return result.data;
};

/**
 * The request's parts after validation by the contract.
 * @throws AtelierError `request.invalid` with `extra.fields`
 */
export function validate<E extends Endpoint>(
  endpoint: E,
  raw: { readonly params: unknown; readonly query: unknown; readonly body: unknown },
): Validated<E> {
  return {
    params: checked(endpoint.params, raw.params, 'params'),
    query: checked(endpoint.query, raw.query, 'query'),
    body: checked(endpoint.body, raw.body, 'body'),
  } as Validated<E>;
}
