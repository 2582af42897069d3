import type { Change, Database, DatabaseHandle } from '@atelier/adapters/postgres';
import type { EventName } from '@atelier/domain/events';
import type { Kysely, Transaction } from 'kysely';
import type { Logger } from 'pino';
import type { ServerConfig } from './config.ts';
import type { RequestContext } from './http/handlers.ts';
import type { Routes } from './http/routes.ts';
import type { Check } from './system/checks.ts';

/** A connection or a transaction: what a query needs. */
export type Queries = Kysely<Database> | Transaction<Database>;

/** One change for the audit log. Give the state before and after (null: was or is not there); only what differs is kept. */
export interface AuditChange {
  /** `<object>.<verb>`, e.g. `workspace.update`. */
  readonly verb: string;
  readonly object: { readonly kind: string; readonly id: string; readonly name: string };
  readonly before?: Readonly<Record<string, unknown>> | null;
  readonly after?: Readonly<Record<string, unknown>> | null;
}

/** Who does something, and under which correlation id: a RequestContext is one. */
export type Origin = Pick<RequestContext, 'actor' | 'correlationId'>;

export interface AuditLog {
  /** Appends to the hash chain within the transaction that makes the change. Keep secrets out of before and after. */
  append(trx: Transaction<Database>, origin: Origin, change: AuditChange): Promise<void>;
}

/** Events of this server; delivered in the background, in order, exactly once. Never throws. */
export interface ServerEvents {
  emit(
    name: EventName,
    event?: {
      /** One sentence, no secret. */
      readonly detail?: string;
      readonly userName?: string;
      readonly workspace?: string | null;
      readonly correlationId?: string | null;
      readonly data?: Readonly<Record<string, unknown>>;
    },
  ): void;
}

/** What a running task can do. */
export interface TaskControl {
  readonly taskId: string;
  readonly correlationId: string;
  /** Who asked for it; null when the system did. */
  readonly owner: { readonly id: string | null; readonly name: string };
  /** 1 at the first run; more after a crash of a server: what was begun before must be found and continued or removed. */
  readonly attempt: number;
  /** Aborted when somebody cancels, when the server stops (it is then resumed later), or when the lease was lost. */
  readonly signal: AbortSignal;
  /** From 0 to 1, or null while it cannot be told. Cheap to call often: written at most twice a second. */
  progress(fraction: number | null, message?: string): void;
  log(line: string): void;
}

/** Long work: kept in the database, done under a lease, resumed after a crash. */
export interface Tasks {
  /** Says how tasks of `kind` are done; call it while registering a capability. The result is kept as JSON. */
  register<Input>(kind: string, work: (input: Input, control: TaskControl) => Promise<unknown>): void;
  /** Queues a task, best in the transaction of the change that it belongs to; it starts once that has committed. Gives its id. */
  enqueue(
    queries: Queries,
    origin: Origin,
    task: {
      readonly kind: string;
      readonly title: string;
      readonly input: unknown;
      readonly object?: { readonly kind: string; readonly id: string; readonly name: string } | null;
      /** How often it is begun at most, counting restarts after crashes; default 3. */
      readonly maxAttempts?: number;
    },
  ): Promise<string>;
}

/** People, for other capabilities. */
export interface People {
  /**
   * Checks a password with back-off per name and address, and records the attempt.
   * @throws AtelierError `people.sign-in-failed`, `people.sign-in-backoff` (extra.retryAfterSeconds)
   */
  checkPassword(
    name: string,
    password: string,
    from: { readonly ip: string; readonly correlationId: string },
  ): Promise<{ readonly id: string; readonly name: string; readonly displayName: string }>;
  /** To be called in the transaction that sets a password: keeps or removes what sign-in by NLA needs. */
  passwordSet(
    queries: Queries,
    user: { readonly id: string; readonly password_hash: string | null },
    password: string,
  ): Promise<void>;
  /** To be called in the transaction that removes a user. */
  userRemoved(queries: Queries, userId: string): Promise<void>;
  /** To be called in the transaction that forbids sign-in by NLA. */
  forgetNtHashes(queries: Queries): Promise<void>;
  /** Ids of all groups that the user is in, through other groups too, with the built-in `everyone`. */
  groupIdsOf(userId: string, queries?: Queries): Promise<readonly string[]>;
  /** Id of the built-in group `everyone`. */
  readonly everyoneId: string;
}

/** The server's own certificate authority. */
export interface Authority {
  /** The root certificate, PEM. */
  readonly ca: string;
  /**
   * Signs a certificate for an endpoint from its signing request (PEM): only the public key is taken from it.
   * @throws AtelierError `request.invalid` when the request is not well-formed, not self-signed, or of another kind of key than ECDSA P-256/P-384 or Ed25519
   */
  signDevice(
    csr: string,
    endpointId: string,
  ): Promise<{
    readonly certificate: string;
    /** SHA-256 of the DER bytes, lower-case hexadecimal: column `endpoint.fingerprint`. */
    readonly fingerprint: string;
    readonly expiresAt: Date;
  }>;
  /**
   * Signs the certificate that a managed host listens with, for these names and addresses (PEM).
   * @throws AtelierError `request.invalid` as {@link Authority.signDevice}
   */
  signHost(csr: string, hostId: string, names: readonly string[]): Promise<string>;
  /**
   * The same for a host that shows the certificate it has and a request by its key; null when that certificate is not this host's, is not by this
   * authority, or has run out. @throws AtelierError `request.invalid`
   */
  renewHost(certificate: string, csr: string, hostId: string, names: readonly string[]): Promise<string | null>;
  /** Subject of the certificate by which this server signs in to hosts: their agents let it in as their manager. */
  readonly managerSubject: string;
  /** Signs a certificate for what this server itself listens with, under the given DNS names and IP addresses; 90 days, PEM. */
  signServer(publicKey: CryptoKey, names: readonly string[], addresses: readonly string[]): Promise<string>;
  /**
   * Signs the certificate that a desktop's RDP server shows, for these names and addresses (PEM): good for RDP only, 90 days.
   * @throws AtelierError `request.invalid` as {@link Authority.signDevice}
   */
  signDesktop(csr: string, names: readonly [string, ...string[]]): Promise<string>;
  /** Signs a certificate for what signs connection files, under this machine's name; a year, PEM. */
  signPublisher(publicKey: CryptoKey): Promise<string>;
  /** A certificate with that subject and its key, PEM; made anew from time to time, its key never leaves the memory. */
  manager(): Promise<{ readonly certificate: string; readonly key: string }>;
}

/** Sealed secrets in the database; the key lies in a file of the state folder. */
export interface Secrets {
  get(key: string): Promise<Uint8Array | undefined>;
  set(key: string, value: Uint8Array): Promise<void>;
  /** Gives the value under `key`; when there is none, `make` makes it. Safe when several servers start at once. */
  getOrCreate(key: string, make: () => Uint8Array | Promise<Uint8Array>): Promise<Uint8Array>;
}

export interface Changes {
  /** Calls `listener` for each change that any server makes, until `signal` aborts. `everything` means: read again what you hold. */
  subscribe(listener: (change: Change) => void, signal: AbortSignal): void;
}

/** What every capability of the server gets. */
export interface Services {
  readonly config: ServerConfig;
  readonly version: string;
  readonly startedAt: Date;
  /** `https://name:port` as people and endpoints see it; right once the server listens. */
  readonly publicUrl: () => string;
  readonly database: DatabaseHandle;
  readonly db: Kysely<Database>;
  readonly log: Logger;
  readonly audit: AuditLog;
  readonly events: ServerEvents;
  readonly tasks: Tasks;
  readonly people: People;
  readonly authority: Authority;
  readonly secrets: Secrets;
  readonly changes: Changes;
  /** Aborted when the server begins to stop. */
  readonly signal: AbortSignal;
}

/**
 * One capability of the server: registers its addresses and task kinds, and starts what it runs in the background.
 * The answer's `stop` is awaited at the end, before the database closes; `checks` appear in /readyz and the overview.
 */
export type Capability = (
  routes: Routes,
  services: Services,
) => Promise<{
  readonly stop?: () => Promise<void>;
  readonly checks?: Readonly<Record<string, Check>>;
}>;
