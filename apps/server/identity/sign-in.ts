import type { SignInOutcome } from '@atelier/adapters/identity';
import type { Metrics } from '../http/metrics.ts';
import type { ServerEvents } from '../services.ts';

/** Counts attempts to sign in, and makes an event of it when somebody has to wait. */
export const tellSignIns =
  (events: ServerEvents, metrics: Metrics) =>
  ({ kind, name, userName, from, startsBackOff }: SignInOutcome): void => {
    metrics.signIns.labels(kind).inc();
    if (startsBackOff)
      events.emit('server.sign-in-backoff', {
        detail: `too many wrong passwords for ${name} from ${from.ip}`,
        userName: userName ?? 'SYSTEM',
        correlationId: from.correlationId,
        data: { name, ip: from.ip },
      });
  };
