import type { ChainPlugIn } from '@atelier/adapters/broker-plug-ins';
import { peopleOfBroker, type SignInOutcome, ticketKeyIn } from '@atelier/adapters/identity';
import { loadSecretKey, newId } from '@atelier/adapters/postgres';
import { changedObjects, machineLocks, openSessionDirectory, plugInTasks } from '@atelier/adapters/session-directory';
import { brokerMachines } from '../machines/broker-machines.ts';
import { machineDesk } from '../plug-ins/machines/machine-desk.ts';
import { registeredPlugIns } from '../plug-ins/registered-plug-ins.ts';
import { taskDesk } from '../plug-ins/tasks/task-desk.ts';
import { tellPlugIns } from '../plug-ins/tell-plug-ins.ts';
import { Turnstile } from '../relay/turnstile.ts';
import { type BrokerOptions, type RunningBroker, startBroker } from '../start-broker.ts';
import { followChanges } from '../upkeep/follow-changes.ts';
import { brokerCertificate } from './broker-certificate.ts';
import type { BrokerConfig } from './broker-config.ts';
import { brokerIdentity } from './broker-identity.ts';
import { brokerNotes } from './broker-notes.ts';
import type { BrokerServices } from './broker-services.ts';
import { startHeartbeat } from './heartbeat.ts';
import { relayedBy } from './relayed-by.ts';
import { singleUsePasswords } from './single-use-passwords.ts';

/** Passwords whose NT hash is not kept, which cost a fifth of a second each. */
const passwordsAtOnce = 4;

/** More than the configuration says. */
export interface BrokerExtras extends Pick<BrokerOptions, 'limits'> {
  /** Beside those that are registered. */
  readonly plugIns?: readonly ChainPlugIn[];
  /** Called when the broker takes connections. */
  readonly started?: (broker: RunningBroker) => void;
}

/** Makes an event of it when somebody has to wait, as the server does. */
const tellBackOff =
  (events: BrokerServices['events']) =>
  ({ name, userName, from, startsBackOff }: SignInOutcome): void => {
    if (startsBackOff)
      events.emit('server.sign-in-backoff', {
        detail: `too many wrong passwords for ${name} from ${from.ip}`,
        userName: userName ?? 'SYSTEM',
        correlationId: from.correlationId,
        data: { name, ip: from.ip },
      });
  };

/** A broker over a server's services, as the server or a process of its own runs it. */
export async function startBrokerOver(
  services: BrokerServices,
  config: BrokerConfig & { readonly port: number },
  extras: BrokerExtras = {},
): Promise<RunningBroker> {
  const { database, log, events } = services;
  const certificate = await brokerCertificate(services, config.names);
  // In a morning's storm everybody waits as long as it takes.
  const hashing = new Turnstile(passwordsAtOnce);
  const people = await peopleOfBroker(database, await loadSecretKey(services.config.stateDir), {
    onOutcome: tellBackOff(events),
    slowly: (work) => hashing.pass('', work),
    ticketKey: await ticketKeyIn(services.secrets),
  });
  const identity = brokerIdentity(people, config);
  const id = newId();
  const directory = relayedBy(openSessionDirectory(database), id);
  const machines = brokerMachines(services, directory);
  const plugIns = registeredPlugIns(services, extras.plugIns, machines.services);
  const broker = await startBroker({
    host: config.host,
    port: config.port,
    certificate,
    parts: {
      directory,
      identity,
      passwords: await singleUsePasswords(services),
      notes: brokerNotes(services),
      log,
    },
    limits: extras.limits,
    plugIns: plugIns.load,
    gateway: {
      ca: services.authority.ca,
      subject: services.authority.managerSubject,
      fingerprintOf: async (targetId) => {
        const row = await database.db
          .selectFrom('broker_target')
          .select('certificate_fingerprint')
          .where('id', '=', targetId)
          // Nobody would renew what a host told that is none of its target's any more.
          .where('host_id', 'is not', null)
          .executeTakeFirst();
        return row?.certificate_fingerprint ?? null;
      },
      certificateRefused: async ({ id: targetId, name }, shown) => {
        const origin = { actor: { kind: 'system' }, correlationId: newId() } as const;
        const object = { kind: 'target', id: targetId, name } as const;
        const refused = { verb: 'target.refuse-certificate', object, before: null, after: { shown } };
        await database.withTransaction((trx) => services.audit.append(trx, origin, refused));
      },
    },
    machines,
  });
  const heartbeat = startHeartbeat(services, broker, plugIns, { id, address: `${config.host}:${broker.port}` });
  const { chain } = broker;
  const lease: typeof directory.lease = (name, ttlMs) => directory.lease(name, ttlMs);
  const machineJobs = machineDesk({ database, chain, locks: machineLocks(database, lease), log });
  const tasks = taskDesk({ chain, tasksOf: (plugIn) => plugInTasks(database, plugIn), lease, log });
  const teller = tellPlugIns(broker.chain, changedObjects(database), log);
  const following = followChanges(database, broker.book, log, {
    plugInChanged: (name) => plugIns.changed(name, broker.chain),
    tell: (change) => {
      teller.changed(change);
      if (change.kind === 'task' || change.kind === 'everything') machineJobs.look();
      if (change.kind === 'broker-task' || change.kind === 'everything') tasks.look();
    },
    testEnvironment: machines.testEnvironment,
  });
  const renewal = setInterval(
    () => {
      brokerCertificate(services, config.names)
        .then((renewed) => broker.useCertificate(renewed))
        .catch((error: unknown) => log.error({ err: error }, 'the certificate of the broker could not be renewed'));
    },
    60 * 60 * 1000,
  );
  renewal.unref();
  events.emit('broker.started', { detail: `on ${config.host}:${broker.port}` });
  extras.started?.(broker);
  return {
    ...broker,
    stop: async (options) => {
      clearInterval(renewal);
      await Promise.all([machineJobs.stop(), tasks.stop()]);
      await broker.stop(options);
      await directory.recorded();
      await machines.stop();
      await following.stop();
      await teller.idle();
      await heartbeat.stop();
    },
  };
}

/**
 * The broker as a capability of the server (`StartOptions.more`). A port that is taken stops nothing: the server starts without it, says so, and shows it
 * among its checks.
 */
export const brokerCapability =
  (config: BrokerConfig, extras: BrokerExtras = {}) =>
  async (_routes: unknown, services: BrokerServices) => {
    const { port } = config;
    if (port === null) return {};
    let broker: RunningBroker;
    try {
      broker = await startBrokerOver(services, { ...config, port }, extras);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
      const why = code === 'EACCES' ? 'needs more rights than this process has' : 'is taken by another program';
      const detail = `port ${port} on ${config.host} ${why}: set ATELIER_BROKER_PORT to another one, or to "off"`;
      services.events.emit('broker.not-started', { detail });
      return { checks: { broker: async () => ({ ok: false, detail, optional: true }) } };
    }
    return {
      stop: () => broker.stop(),
      checks: {
        broker: async () => {
          const counts = broker.counts();
          const busy = `${counts.relay} relayed, ${counts['sign-in']} signing in`;
          return { ok: true, detail: `port ${broker.port}, ${busy}` };
        },
      },
    };
  };
