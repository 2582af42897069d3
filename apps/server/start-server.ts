import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { everyoneGroup, groupIdsOf, ntHashStore, passwordCheck } from '@atelier/adapters/identity';
import {
  type BackupManifest,
  backup,
  databaseErrors,
  loadSecretKey,
  newId,
  openDatabase,
} from '@atelier/adapters/postgres';
import { registerErrors } from '@atelier/domain/errors';
import { auditLog } from './audit/audit-log.ts';
import { refusalLog } from './audit/refusal-log.ts';
import { capabilities } from './capabilities.ts';
import { openAuthority } from './certificates/authority.ts';
import { serverCertificate } from './certificates/server-certificate.ts';
import { ownHostName, type ServerConfig } from './config.ts';
import { databaseSecrets } from './database-secrets.ts';
import { createEnrollmentToken } from './endpoints/enrollment-token.ts';
import { changeHub } from './events/change-hub.ts';
import { EventWriter } from './events/server-events.ts';
import { serveConsole } from './http/console-files.ts';
import { openLog } from './http/log.ts';
import { openMetrics } from './http/metrics.ts';
import { httpServer } from './http/server.ts';
import { databaseCredentials } from './identity/credentials.ts';
import { createSetupLink, setupNeeded, voidSetupLinks } from './identity/setup-link.ts';
import { tellSignIns } from './identity/sign-in.ts';
import { Opened } from './opened.ts';
import manifest from './package.json' with { type: 'json' };
import { type SampleProgress, sampleProgress } from './sample/sample-progress.ts';
import type { Capability, People, Services } from './services.ts';
import { Checks } from './system/checks.ts';
import { serveProbes } from './system/probes.ts';
import { tellAddress } from './system/tell-address.ts';
import { TaskRunner } from './tasks/task-runner.ts';

/** A management server that is ready. */
export interface RunningServer {
  /** `https://name:port`. */
  readonly url: string;
  /** The certificate of its own authority, PEM. */
  readonly ca: string;
  /** The one-time link for the first administrator; null when there is one. */
  readonly setupLink: string | null;
  /** A token that enrols one computer within ten minutes. */
  readonly createEnrollmentToken: () => Promise<string>;
  /** A new one-time link that makes an owner; those made before become void. */
  readonly createSetupLink: () => Promise<string>;
  /** Reads the configured certificate again, or renews the own one if it is due; new connections get it. Done each hour, too. */
  readonly renewCertificate: () => Promise<void>;
  /** Writes database and keys into one archive. @throws AtelierError `database.backup-failed` */
  readonly backup: (target: string, signal?: AbortSignal) => Promise<BackupManifest>;
  /** How far the sample of the first start is; null when none was asked for. */
  readonly sampleProgress: () => Promise<SampleProgress | null>;
  /** Ends requests and tasks in good order, then the database. Safe to call twice. */
  readonly stop: () => Promise<void>;
}

/** How a start may be told more than its configuration. */
export interface StartOptions {
  /** Aborting ends a start in progress; a server that is up is ended by `stop`. */
  readonly signal?: AbortSignal;
  /** Capabilities beside the built-in ones. */
  readonly more?: Readonly<Record<string, Capability>>;
}

const renewEveryMs = 60 * 60 * 1000;

/** The address that people type: the configured one, or this machine's name when it listens for others, or localhost. */
function addressOf(config: ServerConfig, port: number): string {
  if (config.publicUrl) return config.publicUrl;
  const local = config.host === '127.0.0.1' || config.host === '::1' || config.host === 'localhost';
  const all = config.host === '0.0.0.0' || config.host === '::';
  const host = local ? 'localhost' : all ? ownHostName() : config.host;
  return `https://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/**
 * Starts the management server: database, authority, capabilities, HTTPS. Ready when it returns.
 *
 * @throws AtelierError `database.*`, `server.unsupported-database`; Error when the port is taken or the keys do not fit
 */
export async function startServer(config: ServerConfig, options: StartOptions = {}): Promise<RunningServer> {
  const startedAt = new Date();
  const log = openLog(config);
  registerErrors(databaseErrors);
  const opened = new Opened((part, error) => log.error({ err: error, part }, 'a part did not stop in good order'));
  // The caller's signal ends a start; a server that is up is ended by `stop`, which lets the database go last.
  const starting = new AbortController();
  const abort = () => starting.abort(options.signal?.reason);
  if (options.signal?.aborted) abort();
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    const running = await start(config, { log, opened, startedAt, signal: starting.signal, more: options.more ?? {} });
    log.info({ url: running.url, ms: Date.now() - startedAt.getTime() }, 'ready');
    return running;
  } catch (error) {
    await opened.close();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', abort);
  }
}

async function start(
  config: ServerConfig,
  given: {
    log: ReturnType<typeof openLog>;
    opened: Opened;
    startedAt: Date;
    signal: AbortSignal;
    more: NonNullable<StartOptions['more']>;
  },
): Promise<RunningServer> {
  const { log, opened, startedAt } = given;
  const { version } = manifest;
  const keys = join(config.stateDir, 'keys');
  await mkdir(config.stateDir, { recursive: true, mode: 0o700 });
  const where = config.databaseUrl ? { url: config.databaseUrl } : { private: config.stateDir };
  const opening = openDatabase(where, {
    log,
    backupFolder: join(config.stateDir, 'backups'),
    signal: given.signal,
  });
  opening.then(
    (database) => opened.push('database', () => database.close()),
    () => {},
  );
  const authority = await openAuthority(keys);
  const certificate = await serverCertificate(config, keys, authority);
  const database = await opening;
  const { db } = database;

  const metrics = openMetrics(version);
  const [secrets, everyoneId] = await Promise.all([databaseSecrets(database, config.stateDir), everyoneGroup(db)]);
  const idempotencySecret = await secrets.getOrCreate('http/idempotency', () => randomBytes(32));
  const listening = new AbortController();
  const changes = changeHub(database, log, listening.signal);
  opened.push('changes', async () => {
    listening.abort();
    await changes.done;
  });
  const events = new EventWriter(database, log, metrics);
  opened.push('events', () => {
    events.emit('server.stopped');
    return events.stop();
  });

  const stopping = new AbortController();
  let url = addressOf(config, config.port);
  const publicUrl = () => url;
  const refusals = refusalLog(database, auditLog, log);
  opened.push('refusals', refusals.stop);
  const credentials = databaseCredentials(db, everyoneId);
  const gate = { credentials, queries: db, publicUrl, log, refused: refusals.note };
  const http = httpServer({ gate, metrics, certificate, ca: authority.ca, idempotencySecret });
  const checks = new Checks(database);
  const tasks = new TaskRunner({ database, events, log, metrics, concurrency: config.taskConcurrency });
  const ntHashes = ntHashStore(await loadSecretKey(config.stateDir));
  const people: People = {
    checkPassword: passwordCheck(database, { ntHashes, onOutcome: tellSignIns(events, metrics) }),
    passwordSet: (queries, user, password) => ntHashes.keep(queries, user, password),
    forgetNtHashes: (queries) => ntHashes.forgetAll(queries),
    userRemoved: (queries, userId) => ntHashes.forget(queries, userId),
    groupIdsOf: (userId, queries = db) => groupIdsOf(queries, userId, everyoneId),
    everyoneId,
  };
  const services: Services = {
    config,
    version,
    startedAt,
    publicUrl,
    database,
    db,
    log,
    audit: auditLog,
    events,
    tasks,
    people,
    authority,
    secrets,
    changes,
    signal: stopping.signal,
  };
  for (const [name, capability] of Object.entries({ ...capabilities({ checks, metrics }), ...given.more })) {
    const part = await capability(http.routes, services);
    if (part.stop) opened.push(name, part.stop);
    for (const [check, run] of Object.entries(part.checks ?? {})) checks.add(check, run);
  }
  serveProbes(http.app, { gate, metrics, checks, version });
  await serveConsole(http.app, config.consoleDir ?? join(import.meta.dirname, '..', 'console', 'dist'));
  opened.push('tasks', () => tasks.stop());
  opened.push('http', () => {
    stopping.abort();
    return http.stop();
  });

  url = addressOf(config, await http.listen(config.host, config.port));
  await tellAddress(db, url);
  tasks.start(changes, stopping.signal);
  changes.subscribe(({ kind }) => {
    if (kind === 'user' || kind === 'group' || kind === 'role-binding' || kind === 'everything') http.rightsChanged();
  }, stopping.signal);
  const renewCertificate = async () => http.useCertificate(await serverCertificate(config, keys, authority));
  const renewal = setInterval(() => {
    renewCertificate().catch((error: unknown) => log.error({ err: error }, 'the certificate could not be renewed'));
    tellAddress(db, url).catch((error: unknown) => log.warn({ err: error }, 'the own address could not be told'));
  }, renewEveryMs);
  opened.push('renewal', () => clearInterval(renewal));
  events.emit('server.started', { detail: `version ${version} on ${url}` });
  // A link of an earlier start that somebody has open in a browser stays good until one is used.
  const setupLink = (await setupNeeded(db)) ? await createSetupLink(db, url) : null;
  return {
    url,
    ca: authority.ca,
    setupLink,
    createEnrollmentToken: async () => {
      const origin = { actor: { kind: 'system' }, correlationId: newId() } as const;
      return (await createEnrollmentToken(services, origin, { minutes: 10, uses: 1 })).token;
    },
    createSetupLink: async () => {
      await voidSetupLinks(db);
      return createSetupLink(db, url);
    },
    renewCertificate,
    backup: (target, signal) => backup({ database, stateDir: config.stateDir, target, signal }),
    sampleProgress: () => sampleProgress(db),
    stop: () => opened.close(),
  };
}
