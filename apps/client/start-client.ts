import { vmErrorTable } from '@atelier/adapters/qemu';
import { fetchVersion } from '@atelier/adapters/trim-client';
import type { LocalStatus } from '@atelier/api';
import { AtelierError, registerErrors } from '@atelier/domain/errors';
import type { Logger } from 'pino';
import { writeBundle } from './diagnostics/write-bundle.ts';
import { enroll } from './enrollment/enroll.ts';
import { openEventQueue } from './events/event-queue.ts';
import { type AskContentKey, openContentKeyStore } from './images/content-key-store.ts';
import { openImageStore } from './images/image-store.ts';
import { sweepImages } from './images/sweep-images.ts';
import { openTransferDesk } from './images/transfer-desk.ts';
import { trimErrorTable } from './images/trim-error-table.ts';
import { openTrustStore } from './images/trust-store.ts';
import type { Circumstances } from './instances/entitlement.ts';
import { InstanceEngine } from './instances/instance-engine.ts';
import { openInstanceJournal } from './instances/instance-journal.ts';
import type { InstanceRecord } from './instances/instance-record.ts';
import { instanceReports } from './instances/instance-reports.ts';
import type { MachineRoom } from './instances/machine-room.ts';
import { openScreenDesk } from './instances/screen-desk.ts';
import { startWatchman } from './instances/watchman.ts';
import { localHandlers } from './local/local-handlers.ts';
import { startLocalServer } from './local/local-server.ts';
import { openStatusWatch } from './local/status-watch.ts';
import { openClientLog } from './log/client-log.ts';
import { logChanges } from './log/log-changes.ts';
import { applyGrant } from './people/apply-grant.ts';
import { openContactClock } from './people/contact-clock.ts';
import { openPasswordVerifiers } from './people/password-verifier.ts';
import { openPeopleDesk } from './people/people-desk.ts';
import { openSession } from './people/session.ts';
import { signInBrake } from './people/sign-in-brake.ts';
import { commandHandler } from './server/command-handler.ts';
import { endpointFacts } from './server/endpoint-facts.ts';
import { ServerLink } from './server/server-link.ts';
import { openClientDatabase } from './state/client-database.ts';
import { type Identity, readIdentity } from './state/identity-store.ts';
import { takeSingleDaemonLock } from './state/single-daemon-lock.ts';
import { makeFolders, stateLayout } from './state/state-layout.ts';
import type { AskRepository } from './transfers/repository-access.ts';
import { type FakeConditions, openTransferRoom } from './transfers/transfer-room.ts';
import { qemuMachineRoom } from './vm/qemu-machine-room.ts';

export interface ClientOptions {
  /** Everything of this client lies here; made with mode 0700. */
  readonly stateDir: string;
  /** Gets what the daemon says, besides its own file in `stateDir/logs`. */
  readonly log?: Logger;
  readonly version: string;
  /** Other machines than QEMU's, for tests. */
  readonly machines?: MachineRoom;
  /** Battery and link otherwise than they are, for tests. */
  readonly conditions?: FakeConditions;
}

/** A daemon that runs. */
export interface RunningClient {
  /** Where it answers the local contract. */
  readonly socketPath: string;
  /** Ends the daemon within seconds. Virtual machines run on, for the next one to take over. */
  stop(): Promise<void>;
}

/**
 * Starts the endpoint's daemon. Throws AtelierError `client.already-running`, `client.state-folder`, `client.database`.
 */
export async function startClient(options: ClientOptions): Promise<RunningClient> {
  registerErrors([...vmErrorTable, ...trimErrorTable]);
  const layout = stateLayout(options.stateDir);
  makeFolders(layout);
  const unlock = takeSingleDaemonLock(layout.lock);
  try {
    return await compose(options, layout, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

async function compose(
  options: ClientOptions,
  layout: ReturnType<typeof stateLayout>,
  unlock: () => void,
): Promise<RunningClient> {
  const startedAt = new Date().toISOString();
  const stopping = new AbortController();
  const log = openClientLog(layout.logs, options.log);
  const database = openClientDatabase(layout.database);
  const events = openEventQueue(database);
  const journal = openInstanceJournal(database, events);
  const images = openImageStore(layout.images);
  const trust = openTrustStore(layout.trust);
  const clock = openContactClock(database);
  const session = openSession(database);
  const verifiers = openPasswordVerifiers(layout.verifiers);
  const machines = options.machines ?? qemuMachineRoom(layout.root);

  let identity: Identity | undefined = await readIdentity(layout.identity);
  let link: ServerLink | undefined;
  const linked = (): ServerLink => {
    if (identity?.revoked) throw new AtelierError('endpoint.revoked', 'this computer was revoked');
    if (!link) throw new AtelierError('client.not-enrolled', 'this computer is not enrolled yet');
    return link;
  };
  const circumstances = (record: InstanceRecord): Circumstances => ({
    now: new Date(),
    offline: clock.state(record.userId, record.granted.limits.offlineLimitMinutes),
    revoked: identity?.revoked ?? false,
  });
  const changed = () => {
    watch.changed();
    link?.report();
  };

  const repository: AskRepository = (signal) => linked().api.repository({}, { signal });
  const ask: AskContentKey = async (image, keyId, signal) =>
    (await linked().api.imageKey({ params: { image, keyId } }, { signal })).key;
  const transfers = openTransferRoom({
    database,
    packCache: layout.packCache,
    repository,
    linked,
    onChange: () => changed(),
    log,
    conditions: options.conditions,
  });
  const desk = openTransferDesk({
    fetchVersion,
    images,
    trust,
    keys: openContentKeyStore(layout.contentKeys, ask),
    events,
    repository,
    policy: transfers.policy,
    manners: transfers.manners,
    peers: transfers.peers,
    cache: transfers.cache,
    speeds: transfers.speeds,
    clientTls: () => linked().identity,
    clientVersion: options.version,
    hostIndex: layout.hostIndex,
  });
  const engine = new InstanceEngine({
    layout,
    journal,
    images,
    machines,
    desk,
    circumstances,
    log,
    onLiveChange: changed,
  });
  const screens = openScreenDesk({ layout, journal, engine });
  const reports = instanceReports({ journal, engine, images, clock, circumstances });
  const acting = { journal, images, circumstances };
  const onCommand = commandHandler({ ...acting, screens });
  const sweep = () => sweepImages({ layout, images, journal, desk, events });

  const status = async (): Promise<LocalStatus> => {
    const user = session.userId === null ? undefined : link?.grants.get(session.userId)?.user;
    return {
      version: options.version,
      pid: process.pid,
      startedAt,
      endpointId: identity?.endpointId ?? null,
      server: identity?.server ?? null,
      connection: identity ? (identity.revoked ? 'revoked' : (link?.state ?? 'offline')) : 'not-enrolled',
      user: user ?? null,
      accelerator: await machines.accelerator(),
      queuedEvents: events.count,
      transfers: transfers.facts(),
      workspaces: user ? reports.localOfUser(user.id) : [],
    };
  };
  const watch = openStatusWatch(status);
  journal.onChange(changed);
  logChanges(journal, log);

  const openLink = (known: Identity): ServerLink =>
    new ServerLink(known, {
      layout,
      database,
      events,
      clock,
      log,
      greeting: async () => ({
        kind: 'hello',
        facts: await endpointFacts(known.name, await machines.accelerator(), options.version),
        clientTime: new Date().toISOString(),
      }),
      reports: reports.all,
      onCommand,
      onGrant: (grant) => void applyGrant({ database, events, journal, images }, grant),
      onGone: (userId) => {
        for (const record of journal.all()) if (record.userId === userId) journal.happen(record, { kind: 'unlisted' });
        void verifiers.forget(userId);
      },
      onOnline: () => engine.wake(),
      onRefresh: transfers.sync,
      onRevoked: (revoked) => {
        identity = revoked;
        people.signOut();
        for (const record of journal.all())
          if (record.machine === 'running')
            journal.happen(record, { kind: 'lock-asked', why: 'this computer was revoked' });
        void verifiers.forgetAll();
      },
      onChange: changed,
    });
  const people = openPeopleDesk({
    events,
    journal,
    session,
    verifiers,
    brake: signInBrake(),
    api: () => linked().api,
    grantOf: (userId) => link?.grants.get(userId),
    takeGrant: (signed, serverTime) => linked().takeGrant(signed, serverTime),
  });

  const enrolNow = async (server: string, token: string, name: string | undefined) => {
    if (identity && !identity.revoked)
      throw new AtelierError('client.already-enrolled', `this computer belongs to ${identity.server} already`);
    const facts = await endpointFacts(name, await machines.accelerator(), options.version);
    const enrolled = await enroll({
      server,
      token,
      facts,
      trust,
      identityPath: layout.identity,
      signal: stopping.signal,
    });
    events.add('client.enrolled', { detail: `${enrolled.name} at ${enrolled.server}` });
    await link?.stop();
    identity = enrolled;
    link = openLink(enrolled);
    changed();
  };

  if (database.note<boolean>('running')) events.add('client.recovered');
  else events.add('client.started', { detail: `version ${options.version}` });
  database.setNote('running', true);
  // Killed in the middle of a revocation, it is completed now.
  if (identity?.revoked) {
    session.end();
    await verifiers.forgetAll();
  }
  if (identity && !identity.revoked) link = openLink(identity);
  await transfers.start();
  await engine.recover();
  // Takes seconds the first time: best before anybody asks.
  void machines.accelerator();
  const watchman = startWatchman({ database, journal, events, clock, screens, circumstances, sweep, log });
  void watchman.round().catch((error) => log.error('the first round failed', { error }));

  const handlers = localHandlers({
    ...acting,
    layout,
    session,
    people,
    screens,
    reports,
    status,
    enroll: enrolNow,
    hold: (word) => {
      transfers.manners.say(word);
      changed();
    },
    refresh: async () => {
      const reachable = linked();
      reachable.retry();
      const problem = await reachable.refresh();
      if (problem) throw problem;
      await reachable.flushEvents();
    },
    diagnostics: async (target) => {
      const bundle = await writeBundle(
        { layout, identity, status: await status(), reports: reports.all(), events: events.batch(500) },
        target,
      );
      events.add('client.diagnostics', { detail: bundle.file });
      return bundle;
    },
  });
  const local = await startLocalServer({ socketPath: layout.socket, handlers, watch: watch.handler, log });
  log.info('the client is ready', { stateDir: layout.root, version: options.version });

  let stopped: Promise<void> | undefined;
  const stop = async () => {
    stopping.abort(new Error('the client stops'));
    watchman.stop();
    watch.stop();
    await local.stop();
    await screens.stop();
    await engine.stop();
    await transfers.stop();
    events.add('client.exited');
    await link?.flushEvents(AbortSignal.timeout(2000));
    await link?.stop();
    database.setNote('running', undefined);
    database.close();
    log.info('the client has stopped');
    log.close();
    unlock();
  };
  return {
    socketPath: layout.socket,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}
