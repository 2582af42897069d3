import type { Readable } from 'node:stream';
import type { Answer, Endpoint, Endpoints, Validated } from '@atelier/api';
import type { Authority, ScopedObject } from '@atelier/domain/people';

/** Who is calling: a person (by session or API token), an endpoint (by certificate), or nobody (public addresses). */
export type Actor =
  | {
      readonly kind: 'user';
      readonly id: string;
      readonly name: string;
      readonly by: 'session' | 'token';
      /** Id of the session or API token. */
      readonly credentialId: string;
      readonly authority: Authority;
    }
  | { readonly kind: 'device'; readonly id: string; readonly name: string }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'system' };

/** What every handler gets besides the validated input. Access has been checked already by the endpoint's `access`. */
export interface RequestContext {
  readonly actor: Actor;
  readonly correlationId: string;
  readonly ip: string;
  readonly userAgent: string;
  /** Aborted when the caller goes away or the server stops. */
  readonly signal: AbortSignal;
  /** The revision in If-Match, if the caller sent one. */
  readonly ifMatch: number | undefined;
  /** For permissions that depend on an object that is known only after looking it up; throws `people.not-allowed`. */
  require(permission: import('@atelier/domain/people').Permission, object?: ScopedObject): void;
  /** For `stream: 'in'` addresses: the body. */
  readonly content: Readable | undefined;
  readonly contentLength: number | undefined;
  setCookie(name: string, value: string, options: { maxAgeSeconds: number }): void;
  clearCookie(name: string): void;
}

/** Implements one endpoint of the contract. Throws AtelierError for everything that is the caller's concern. */
export type Handler<E extends Endpoint> = (
  input: Validated<E>,
  context: RequestContext,
) => Promise<
  Answer<E> extends undefined
    ? void
    : E extends { response: import('zod').ZodType }
      ? import('zod').input<E['response']>
      : void
>;

/** One handler for each JSON endpoint of a capability. Sockets, event streams and byte streams out are registered apart. */
export type Handlers<All extends Endpoints> = {
  readonly [Name in keyof All as All[Name] extends { stream: 'socket' | 'events' | 'out' } ? never : Name]: Handler<
    All[Name]
  >;
};
