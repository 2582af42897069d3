import { connect, type Socket } from 'node:net';
import type { TargetEndpoint } from '@atelier/domain/broker';
import { tpktLength } from '@atelier/rdp';
import type { BrokerLimits } from '../broker-limits.ts';
import { ReusedMemory } from './reused-memory.ts';

/** A target that took the connection: paused, its first bytes read. */
export interface DialedTarget {
  readonly socket: Socket;
  /** What the socket's bytes come by, in place of events; null: by events. */
  readonly memory: ReusedMemory | null;
  readonly endpoint: TargetEndpoint;
  /** From its X.224 Connection Confirm on. */
  readonly first: Buffer;
}

/** Why no endpoint took it. `dead`: nobody listens there; `silent`: no answer to the dialling; `hung`: it was taken, but then nothing was said. */
export interface DialFailure {
  readonly kind: 'dead' | 'silent' | 'hung' | 'gone';
  readonly why: string;
}

/** Whoever waits may go away: what an AbortSignal says of that. */
export interface Leaving {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
type Times = Pick<BrokerLimits, 'dialMs' | 'confirmMs'>;
/** Whether the socket's bytes come by events, for those who put TLS on it, or by memory that is used again. */
type Reads = 'events' | 'memory';

const confirmMost = 512;

/**
 * Dials a target's endpoints in order, sends the client's opening as it came, and waits for the confirm: a host that hangs still
 * takes connections, but does not answer. `signal`: the client went away.
 */
export async function dialTarget(
  endpoints: readonly TargetEndpoint[],
  opening: Uint8Array,
  times: Times,
  signal: Leaving,
  reads: Reads = 'events',
): Promise<DialedTarget | DialFailure> {
  let failure: DialFailure = { kind: 'dead', why: 'the target has no address' };
  for (const endpoint of endpoints) {
    const result = await dialEndpoint(endpoint, opening, times, signal, reads);
    if (!('kind' in result) || result.kind === 'gone') return result;
    failure = result;
  }
  return failure;
}

function dialEndpoint(
  endpoint: TargetEndpoint,
  opening: Uint8Array,
  times: Times,
  signal: Leaving,
  reads: Reads,
): Promise<DialedTarget | DialFailure> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve({ kind: 'gone', why: 'the client went away' });
      return;
    }
    const where = `${endpoint.address}:${endpoint.port}`;
    const memory = reads === 'memory' ? new ReusedMemory((bytes) => !onData(Buffer.from(bytes))) : null;
    const to = { host: endpoint.address, port: endpoint.port, noDelay: true, allowHalfOpen: true };
    const socket = connect(memory ? { ...to, onread: memory.onread } : to);
    let read: Buffer | null = null;
    let timer: NodeJS.Timeout | undefined;
    let waits = 0;
    const wait = (ms: number, over: () => void) => {
      clearTimeout(timer);
      waits += 1;
      const mine = waits;
      // What came meanwhile is looked at first: when we were busy ourselves, the answer lies in the socket already.
      timer = setTimeout(() => setImmediate(() => mine === waits && over()), ms);
    };
    const settle = () => {
      clearTimeout(timer);
      waits += 1;
      signal.removeEventListener('abort', onAbort);
      socket.off('connect', onConnect).off('data', onData).off('error', onError).off('end', onEnd);
      // Errors of a socket that nobody looks at any more must not end the process.
      socket.on('error', () => {});
    };
    const fail = (kind: DialFailure['kind'], why: string) => {
      settle();
      socket.destroy();
      resolve({ kind, why });
    };
    const onAbort = () => fail('gone', 'the client went away');
    const onConnect = () => {
      const { confirmMs } = times;
      wait(confirmMs, () => fail('hung', `${where} took the connection and said nothing in ${confirmMs} ms`));
      socket.write(opening);
    };
    const onError = (error: NodeJS.ErrnoException) => {
      const unreachable = error.code === 'EHOSTUNREACH' || error.code === 'ENETUNREACH' || error.code === 'ETIMEDOUT';
      fail(unreachable ? 'silent' : 'dead', `${where}: ${error.code ?? error.message}`);
    };
    const onEnd = () => fail('hung', `${where} hung up at once`);
    // Whether all is there.
    const onData = (chunk: Buffer): boolean => {
      read = read ? Buffer.concat([read, chunk]) : chunk;
      const length = lengthOf(read);
      if (length === 'no-rdp') {
        fail('hung', `${where} speaks something else than rdp`);
        return true;
      }
      if (read.length < (length ?? Number.POSITIVE_INFINITY) && read.length < confirmMost) return false;
      socket.pause();
      settle();
      resolve({ socket, memory, endpoint, first: read });
      return true;
    };
    wait(times.dialMs, () => fail('silent', `${where} did not answer within ${times.dialMs} ms`));
    signal.addEventListener('abort', onAbort);
    socket.on('connect', onConnect).on('data', onData).on('error', onError).on('end', onEnd);
  });
}

/** The length of the first message; null while it is unknown. Who answers in other words is no target: nobody gets at other services by way of us. */
function lengthOf(bytes: Buffer): number | null | 'no-rdp' {
  try {
    return tpktLength(bytes);
  } catch {
    return 'no-rdp';
  }
}
