import { connect } from 'node:net';
import type { TargetEndpoint } from '@atelier/domain/broker';
import { readConnectionConfirm, securityProtocol, tpktLength, writeConnectionRequest } from '@atelier/rdp';

/** What a client sends first; hosts answer it without a log-on. */
const request = writeConnectionRequest({
  cookie: null,
  routingToken: null,
  negotiation: { flags: 0, protocols: securityProtocol.tls | securityProtocol.hybrid },
  correlationId: null,
});
const longestConfirm = 512;

/**
 * Whether an RDP host answers there now: with an X.224 Connection Confirm, within `timeoutMs`. QEMU and some routers take connections long before the
 * guest behind them does. Never rejects.
 */
export function answersRdp(
  { address, port }: TargetEndpoint,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve(false);
      return;
    }
    const socket = connect({ host: address, port, noDelay: true });
    let read = Buffer.alloc(0);
    const end = (answers: boolean): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', give);
      socket.destroy();
      resolve(answers);
    };
    const give = (): void => end(false);
    const timer = setTimeout(give, timeoutMs);
    signal.addEventListener('abort', give, { once: true });
    socket
      .on('connect', () => socket.write(request))
      .on('error', give)
      .on('close', give);
    socket.on('data', (chunk) => {
      read = Buffer.concat([read, chunk as Buffer]);
      const whole = isWhole(read);
      if (whole !== null) end(whole);
    });
  });
}

/** Null while more has to come. */
function isWhole(bytes: Buffer): boolean | null {
  try {
    const length = tpktLength(bytes);
    if (length === null || bytes.length < length) return bytes.length > longestConfirm ? false : null;
    readConnectionConfirm(bytes.subarray(0, length));
    return true;
  } catch {
    return false;
  }
}
