import type { Target } from '@atelier/domain/broker';
import { securityProtocol, writeConnectionRequest } from '@atelier/rdp';
import { type DialedTarget, type DialFailure, dialTarget } from './dial-target.ts';
import type { RelayBook } from './relay-book.ts';

/** What a client sends first; hosts answer it without a log-on. */
const opening = writeConnectionRequest({
  cookie: null,
  routingToken: null,
  negotiation: { flags: 0, protocols: securityProtocol.tls | securityProtocol.hybrid },
  correlationId: null,
});

/** Whether a target answers as far as a client's opening; null when it does. */
export async function lookAtTarget(
  book: RelayBook,
  target: Pick<Target, 'id' | 'endpoints'>,
  times: { readonly dialMs: number; readonly confirmMs: number },
  signal: AbortSignal,
): Promise<DialFailure | null> {
  const dialed = await book.turnstile.pass(target.id, () => dialTarget(target.endpoints, opening, times, signal));
  if (!('kind' in dialed)) book.answers.note(target.id, dialed.ms);
  return closed(dialed);
}

/**
 * The same with one time for all of it, within which the target is dialled twice: neither a packet that got lost (TCP sends it again after a second) nor a
 * process that was not let go on for a moment may pass for a host that hangs. It does not wait for others who dial: they may wait for the same host in vain.
 */
export async function lookTwice(
  book: RelayBook,
  target: Pick<Target, 'id' | 'endpoints'>,
  withinMs: number,
  signal: AbortSignal,
): Promise<DialFailure | null> {
  const begun = performance.now();
  const over = new AbortController();
  const dial = (ms: number) =>
    dialTarget(target.endpoints, opening, { dialMs: ms, confirmMs: ms }, AbortSignal.any([signal, over.signal]));
  const first = dial(withinMs);
  const pause = Promise.withResolvers<null>();
  const timer = setTimeout(pause.resolve, withinMs / 2, null);
  const early = await Promise.race([first, pause.promise]);
  clearTimeout(timer);
  const found = early ?? (await firstToAnswer([first, dial(withinMs / 2)]));
  over.abort();
  if (!('kind' in found)) book.answers.note(target.id, performance.now() - begun);
  return closed(found);
}

const closed = (dialed: DialedTarget | DialFailure): DialFailure | null => {
  if ('kind' in dialed) return dialed;
  dialed.socket.destroy();
  return null;
};

/** The first that answers; else what became of the first one. */
function firstToAnswer(dials: readonly Promise<DialedTarget | DialFailure>[]): Promise<DialedTarget | DialFailure> {
  return new Promise((resolve) => {
    let answered = false;
    const ends = dials.map((dial) =>
      dial.then((found) => {
        if ('kind' in found) return found;
        if (answered) found.socket.destroy();
        answered = true;
        resolve(found);
        return found;
      }),
    );
    Promise.all(ends).then(([first]) => resolve(first!));
  });
}
