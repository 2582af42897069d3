import type { Permission } from '@atelier/domain/people';
import type { z } from 'zod';

/** Who may call: anybody, anybody signed in, an enrolled endpoint by its certificate, or people with a permission. */
export type Access = 'public' | 'signed-in' | 'device' | Permission;

/**
 * One address of the HTTP API, as data. Validation, OpenAPI, the typed client, the CLI's calls and the console's come from it.
 * Paths are below `/api/v1` and name their parameters like `:name`.
 */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: `/${string}`;
  readonly summary: string;
  readonly access: Access;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** JSON body; for `stream: 'in'` the body is bytes and this is absent. */
  readonly body?: z.ZodType;
  readonly response?: z.ZodType;
  /** Success status; default 200, or 204 without `response`. */
  readonly status?: 200 | 201 | 202 | 204;
  /** `in`: body is a byte stream; `out`: the answer is; `events`: server-sent events; `socket`: upgrades to a WebSocket. */
  readonly stream?: 'in' | 'out' | 'events' | 'socket';
  /** The object for scoped roles: which parameter names it and of which kind. */
  readonly scope?: { readonly kind: 'workspace' | 'image' | 'collection'; readonly param: string };
}

/** A capability's endpoints by name: `contract.images.list`. */
export type Endpoints = Readonly<Record<string, Endpoint>>;

type In<S> = S extends z.ZodType ? z.input<S> : undefined;
type Out<S> = S extends z.ZodType ? z.output<S> : undefined;

/** What a caller gives. */
export type Call<E extends Endpoint> = (E['params'] extends z.ZodType ? { params: In<E['params']> } : object) &
  (E['query'] extends z.ZodType ? { query?: In<E['query']> } : object) &
  (E['body'] extends z.ZodType ? { body: In<E['body']> } : object);

/** What a caller gets. */
export type Answer<E extends Endpoint> = E['response'] extends z.ZodType ? Out<E['response']> : undefined;

/** What the server's handler sees, after validation. */
export interface Validated<E extends Endpoint> {
  readonly params: Out<E['params']>;
  readonly query: Out<E['query']>;
  readonly body: Out<E['body']>;
}

/** Checks a capability's endpoints at compile time and keeps their exact types. */
export const endpoints = <const E extends Endpoints>(all: E): E => all;
