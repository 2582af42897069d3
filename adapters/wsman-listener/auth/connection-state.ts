import type { Socket } from 'node:net';
import type { OperationUser } from '@atelier/plugin-kit';
import type { ServiceSettings } from '../config/listener-entry.ts';
import type { AuthenticationResult, Authenticator, Sealing } from './authenticator.ts';

/** How long a verdict holds before the password is judged again, in milliseconds. */
export const verdictMs = 15 * 60_000;

/** What is known of one connection: who logged on, and in which way. A logon belongs to its connection and ends with it. */
export class ConnectionState {
  readonly socket: Socket;
  readonly address: string;
  /** The connection is TLS. */
  readonly secure: boolean;
  readonly abort = new AbortController();
  user: OperationUser | null = null;
  /** The Authorization header that proved it; null when requests after the logon carry none. */
  authorization: string | null = null;
  judgedAt = 0;
  /** The settings that the logon was found good under, and who found it so. */
  judgedUnder: ServiceSettings | null = null;
  authenticator: Authenticator | null = null;
  sealing: Sealing | null = null;
  /** Which resource URIs the logon is good for; null for all. */
  resources: ((resourceUri: string) => boolean) | null = null;
  /** A logon of several steps that is under way, by scheme. */
  readonly pending = new Map<string, { close(): void }>();
  /** The request before this one: requests of one connection are answered one after the other. */
  last: Promise<void> | null = null;

  constructor(socket: Socket, secure: boolean) {
    this.socket = socket;
    this.secure = secure;
    this.address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    socket.once('close', () => this.#end());
  }

  /** Somebody logged on. `authorization` is the header that has to be the same again; null when the connection proves it from now on. */
  accept(
    { user, sealing, resources }: Extract<AuthenticationResult, { kind: 'user' }>,
    authorization: string | null,
    authenticator: Authenticator,
    settings: ServiceSettings,
  ): void {
    this.user = user;
    this.authorization = authorization;
    this.sealing = sealing ?? null;
    this.resources = resources ?? null;
    this.authenticator = authenticator;
    this.judgedUnder = settings;
    this.judgedAt = Date.now();
  }

  forget(): void {
    this.user = null;
    this.authorization = null;
    this.sealing = null;
    this.resources = null;
    this.authenticator = null;
    this.judgedUnder = null;
  }

  #end(): void {
    this.forget();
    for (const one of this.pending.values()) one.close();
    this.pending.clear();
    this.abort.abort();
  }
}
