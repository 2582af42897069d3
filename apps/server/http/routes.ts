import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { Endpoint, Endpoints, Validated } from '@atelier/api';
import type { WebSocket } from 'ws';
import type { Actor, Handlers, RequestContext } from './handlers.ts';

/** An answer of bytes. `body` is text, bytes or a stream; a stream is destroyed when the caller goes away. */
export interface BytesAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | Readable;
}

/** A message that was posted. */
export interface ArrivedMessage {
  readonly params: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly correlationId: string;
  readonly request: IncomingMessage;
}

/** Limits of one socket. */
export interface SocketLimits {
  /** Largest message in bytes; default 64 KiB. */
  readonly maxPayload?: number;
  /** Sub-protocol to agree on, e.g. `binary` for noVNC. */
  readonly protocol?: string;
}

/** How a capability puts its part of the contract on the server. Validation, access, errors and logging are done here, once. */
export interface Routes {
  /** The JSON addresses, including those with `stream: 'in'` (the body is `context.content`). */
  json<const All extends Endpoints>(all: All, handlers: Handlers<All>): void;
  /** An address with `stream: 'out'`. */
  bytes<const E extends Endpoint>(
    endpoint: E,
    handler: (input: Validated<E>, context: RequestContext) => Promise<BytesAnswer>,
  ): void;
  /** An address with `stream: 'events'`: `open` writes head and events itself, until `context.signal` aborts. */
  events<const E extends Endpoint>(
    endpoint: E,
    open: (input: Validated<E>, context: RequestContext, response: ServerResponse) => void,
  ): void;
  /**
   * An address with `stream: 'socket'`. `prepare` runs before the upgrade: what it throws is answered as a problem, what it
   * gives goes to `open`, which gets the open socket. Browsers must come from our own origin; dead peers are closed (ping every 20 s).
   * The socket is closed with 1001 when the server stops; `context.signal` aborts when it closes.
   */
  socket<const E extends Endpoint, Prepared>(
    endpoint: E,
    prepare: (input: Validated<E>, context: RequestContext) => Promise<Prepared>,
    open: (socket: WebSocket, prepared: Prepared, context: RequestContext) => void,
    limits?: SocketLimits,
  ): void;
  /**
   * POST of one whole message of SOAP, outside of the API: `path` in fastify's form (`/wsman/subscriptions/:id`). `admits` looks at the connection and the
   * headers before the body is read; those that it does not admit are answered with 401 and its challenge.
   */
  messages(
    path: `/${string}`,
    admission: { readonly largest: number; readonly challenge: string; admits(request: IncomingMessage): boolean },
    handler: (message: ArrivedMessage) => Promise<BytesAnswer>,
  ): void;
  /** GET and HEAD of everything below `prefix` (such as `/repository/`), outside of the API: the handler writes the answer itself. */
  files(
    prefix: `/${string}/`,
    handler: (request: {
      /** What follows the prefix, percent-decoded, without query; never contains `..`, empty segments or NUL. */
      readonly path: string;
      readonly query: URLSearchParams;
      /** Who is calling: a device by certificate, a user by session or token, or nobody; never refused here. */
      readonly actor: Actor;
      readonly correlationId: string;
      readonly request: IncomingMessage;
      readonly response: ServerResponse;
    }) => Promise<void>,
  ): void;
}
