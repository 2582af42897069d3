import { type Contract, contract } from './contract.ts';
import type { Answer, Call, Endpoint } from './endpoint.ts';
import { fillPath } from './path.ts';
import { type Problem, problem } from './shapes.ts';

/** Options of one call. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Revision the caller has read: sent as If-Match, so that a change by somebody else is not overwritten. */
  readonly ifMatch?: number;
  /** Makes a POST safe to repeat. */
  readonly idempotencyKey?: string;
  /** Body for `stream: 'in'` addresses. */
  readonly content?: unknown;
}

/** Sends one request. `body` is JSON text, or whatever the transport takes as a stream. */
export type Transport = (request: {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}) => Promise<{
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  json(): Promise<unknown>;
}>;

/** The server said no; `problem` says why and what to do. */
export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(value: Problem) {
    super(value.detail || value.title);
    this.name = 'ProblemError';
    this.problem = value;
  }
}

type CallFunction<E extends Endpoint> =
  object extends Call<E>
    ? (call?: Call<E>, options?: CallOptions) => Promise<Answer<E>>
    : (call: Call<E>, options?: CallOptions) => Promise<Answer<E>>;

/** A set of endpoints as functions. Addresses that upgrade or stream out are of no use here: call them by `fillPath`. */
export type ClientOf<All extends Record<string, Endpoint>> = { readonly [Name in keyof All]: CallFunction<All[Name]> };

/** The contract as functions: `client.images.get({ params: { name } })`. */
export type Client = { readonly [Capability in keyof Contract]: ClientOf<Contract[Capability]> };

const unknownProblem = (status: number): Problem => ({
  type: 'about:blank',
  title: 'unexpected answer',
  status,
  code: 'request.failed',
  detail: `the server answered ${status} without saying why`,
  cause: 'something between here and the server answered, or it is another program',
  fix: 'check the address, and any proxy in between',
  correlationId: '',
});

async function call(transport: Transport, endpoint: Endpoint, args: Record<string, unknown>, options: CallOptions) {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (options.ifMatch !== undefined) headers['if-match'] = `"${options.ifMatch}"`;
  if (options.idempotencyKey) headers['idempotency-key'] = options.idempotencyKey;
  const streamed = endpoint.stream === 'in';
  if (args.body !== undefined) headers['content-type'] = 'application/json';
  if (streamed) headers['content-type'] = 'application/octet-stream';
  const answer = await transport({
    method: endpoint.method,
    path: fillPath(endpoint.path, args.params as Record<string, unknown>, args.query as Record<string, unknown>),
    headers,
    body: streamed ? options.content : args.body === undefined ? undefined : JSON.stringify(args.body),
    signal: options.signal,
  });
  if (answer.status >= 400) {
    const parsed = problem.safeParse(await answer.json().catch(() => null));
    throw new ProblemError(parsed.success ? parsed.data : unknownProblem(answer.status));
  }
  return endpoint.response && answer.status !== 204 ? await answer.json() : undefined;
}

/** One set of endpoints as functions over a transport. */
export function clientOf<const All extends Record<string, Endpoint>>(all: All, transport: Transport): ClientOf<All> {
  const bind =
    (endpoint: Endpoint) =>
    (args: Record<string, unknown> = {}, options: CallOptions = {}) =>
      call(transport, endpoint, args, options);
  return Object.fromEntries(
    Object.entries(all).map(([name, endpoint]) => [name, bind(endpoint)]),
  ) as unknown as ClientOf<All>;
}

/** A typed client over any transport (fetch in the browser, node:https in the CLI, inject() in tests). */
export function createClient(transport: Transport): Client {
  return Object.fromEntries(
    Object.entries(contract).map(([capability, all]) => [
      capability,
      clientOf(all as Record<string, Endpoint>, transport),
    ]),
  ) as unknown as Client;
}
