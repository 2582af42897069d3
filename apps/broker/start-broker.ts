import { setTimeout as pause } from 'node:timers/promises';
import type { Machines } from '@atelier/adapters/broker-machines';
import { type ChainPlugIn, type ReloadableChain, reloadableChain } from '@atelier/adapters/broker-plug-ins';
import type { SessionReport } from '@atelier/adapters/session-directory';
import type { Session, Target } from '@atelier/domain/broker';
import { type BrokerLimits, defaultLimits } from './broker-limits.ts';
import type { BrokerParts } from './broker-parts.ts';
import { builtInSteps } from './decision/built-in.ts';
import type { GatewayOptions } from './gateway/gateway-options.ts';
import { serveGateway } from './gateway/serve-gateway.ts';
import { type Listener, listen } from './listener/listener.ts';
import { patient } from './patient.ts';
import { lookTwice } from './relay/look-at-target.ts';
import { loseTarget } from './relay/lose-target.ts';
import { RelayBook } from './relay/relay-book.ts';
import { TargetLooks } from './relay/target-looks.ts';
import { Turnstile } from './relay/turnstile.ts';
import { serveConnection } from './serve-connection.ts';
import { type BrokerCertificate, tlsIdentity } from './sign-in/tls-identity.ts';
import { startUpkeep } from './upkeep/start-upkeep.ts';

export interface BrokerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly parts: Omit<BrokerParts, 'chain'>;
  /** Starts the plug-ins; called again by `chain.reload`. */
  readonly plugIns?: () => Promise<readonly ChainPlugIn[]>;
  /** What starts targets that do not run; it is not stopped with the broker. */
  readonly machines?: Machines;
  /** For the broker's names: ECDSA P-256 takes the least time. */
  readonly certificate: BrokerCertificate;
  readonly limits?: Partial<BrokerLimits>;
  /** Serves browsers that come by way of our servers; left out: nobody does. */
  readonly gateway?: GatewayOptions;
  /** Whether this broker takes part in looking after targets; default true. */
  readonly upkeep?: boolean;
}

/** A broker that takes connections. */
export interface RunningBroker {
  readonly port: number;
  /** Connections by how far they are, and relays. */
  counts(): Readonly<Record<'opening' | 'sign-in' | 'relay' | 'refused', number>>;
  /** What a host, its agent or its PAM hook saw of a session. */
  reportFromHost(report: SessionReport): Promise<Session | null>;
  /** New connections see this certificate. */
  useCertificate(certificate: BrokerCertificate): void;
  /** The relays of this broker. */
  readonly book: RelayBook;
  readonly chain: ReloadableChain;
  /** Takes no more connections, lets relays go on for the limit's time, then cuts them: their clients come back to another broker. */
  stop(options?: { readonly drainMs?: number }): Promise<void>;
}

/** Starts a broker. @throws Error with code EADDRINUSE or EACCES when the port cannot be had; Error when key and certificate do not fit */
export async function startBroker(options: BrokerOptions): Promise<RunningBroker> {
  const limits: BrokerLimits = { ...defaultLimits, ...options.limits };
  const { gateway } = options;
  const { log } = options.parts;
  // What is asked for by many at once is put together by whoever answers it.
  const desk = new Turnstile(limits.databaseCalls);
  const directory = patient(options.parts.directory, desk, [
    'rightsOf',
    'claimLeastLoaded',
    'claimTarget',
    'moveClaim',
    'redeemToken',
    'recordConnection',
    'recorded',
  ]);
  const { nla } = options.parts.identity;
  const identityOf = patient(
    { ...options.parts.identity, ...(nla ? { nla: patient(nla, desk, ['ntHash', 'accepted']) } : {}) },
    desk,
    ['checkPassword', 'redeemTicket'],
  );
  const chain = await reloadableChain(options.plugIns ?? (async () => []), {
    builtIn: builtInSteps(directory, options.machines),
    findTarget: (name) => directory.target(name),
  });
  const parts: BrokerParts = { ...options.parts, directory, identity: identityOf, chain };
  const book = new RelayBook(limits.dialsPerTarget);
  let identity = tlsIdentity(options.certificate);
  // Assigned before the first connection can come.
  let listener: Listener;
  const looking = new AbortController();
  const looks = new TargetLooks((target, withinMs) => lookTwice(book, target, withinMs, looking.signal), {
    first: limits.lookMs,
    again: limits.lookAgainMs,
    patienceMs: (targetId, mostMs) => book.answers.patienceMs(targetId, mostMs),
  });
  const unanswered = async (target: Target, isNew: boolean, signal: AbortSignal): Promise<string | null> => {
    const storm = listener.admission.counts()['sign-in'] > limits.calmSignIns;
    if (isNew && (storm || book.answers.quietMs(target.id) < limits.heardMs)) return null;
    const failure = await unlessAborted(looks.at(target), signal);
    if (!failure || failure.kind === 'gone') return null;
    if (failure.kind === 'dead') await loseTarget({ parts, book }, target, failure.why);
    return failure.why;
  };
  const tools = {
    parts,
    chain,
    unanswered,
    looks,
    limits,
    book,
    admission: () => listener.admission,
    tls: () => identity,
  };
  try {
    listener = await listen(
      options,
      limits,
      (connection) => serveConnection(tools, connection),
      gateway ? (connection) => serveGateway(tools, gateway, connection) : null,
      (error, address) => log.error({ err: error, address }, 'a connection failed'),
    );
  } catch (error) {
    await chain.stop();
    throw error;
  }
  const upkeep = options.upkeep === false ? null : startUpkeep({ parts, book });
  const stop = async (drainMs: number): Promise<void> => {
    listener.close();
    looking.abort();
    await upkeep?.stop();
    await Promise.race([listener.idle(), pause(drainMs, undefined, { ref: false })]);
    listener.cut();
    await listener.idle();
    await chain.stop();
  };
  let stopping: Promise<void> | null = null;
  return {
    port: listener.port,
    counts: () => listener.admission.counts(),
    reportFromHost: (report) => directory.report(report),
    useCertificate: (certificate) => {
      identity = tlsIdentity(certificate);
    },
    book,
    chain,
    stop: ({ drainMs = limits.drainMs } = {}) => {
      stopping ??= stop(drainMs);
      return stopping;
    },
  };
}

/** What a promise gives; null when `signal` aborts before. */
const unlessAborted = <Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value | null> =>
  new Promise((resolve, reject) => {
    const onAbort = () => resolve(null);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
