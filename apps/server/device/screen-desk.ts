import { randomBytes } from 'node:crypto';
import { pipeline } from 'node:stream';
import { AtelierError } from '@atelier/domain/errors';
import { createWebSocketStream, type WebSocket } from 'ws';

/** How long the endpoint has to open its end, in milliseconds. */
const pairWithinMs = 20_000;
/** Screens that wait for their endpoint at once, over all people. */
const mostWaiting = 1000;
/** Bytes that are kept in each direction while the other side is slower; then reading pauses. */
const buffered = { highWaterMark: 256 * 1024 };

/** Close codes of a screen, for the browser: no endpoint came, or it refused. */
export const screenClosed = { unanswered: 4004, refused: 4005 } as const;

interface Waiting {
  readonly endpointId: string;
  readonly browser: WebSocket;
  readonly timer: NodeJS.Timeout;
}

/** Splices two sockets: bytes both ways with back-pressure; when one ends, the other does. */
export function splice(one: WebSocket, other: WebSocket): void {
  const [a, b] = [createWebSocketStream(one, buffered), createWebSocketStream(other, buffered)];
  const ended = () => {
    one.close(1000);
    other.close(1000);
  };
  pipeline(a, b, ended);
  pipeline(b, a, ended);
}

/** Pairs the browser's end of a screen with the endpoint's, which comes by itself when asked to. */
export function screenDesk() {
  const waiting = new Map<string, Waiting>();

  const take = (screenId: string): Waiting | undefined => {
    const one = waiting.get(screenId);
    if (one) clearTimeout(one.timer);
    waiting.delete(screenId);
    return one;
  };

  return {
    /** Lets a browser wait for its endpoint. Gives the name under which the endpoint finds it; nobody can guess it. */
    expect(endpointId: string, browser: WebSocket): string {
      if (waiting.size >= mostWaiting) throw new AtelierError('request.too-many', 'too many screens are being opened');
      const screenId = randomBytes(18).toString('base64url');
      const timer = setTimeout(() => this.refuse(screenId, screenClosed.unanswered), pairWithinMs);
      // Nothing is read from the browser before there is somebody to hear it.
      browser.pause();
      browser.once('close', () => take(screenId));
      waiting.set(screenId, { endpointId, browser, timer });
      return screenId;
    },

    /** Ends a browser's wait. */
    refuse(screenId: string, code: number = screenClosed.refused, reason = ''): void {
      const one = take(screenId);
      one?.browser.resume();
      // A close frame has room for 123 bytes.
      one?.browser.close(code, Buffer.from(reason).subarray(0, 120).toString());
    },

    /** @throws AtelierError `request.not-found` when no browser waits for this endpoint under this name */
    find(screenId: string, endpointId: string): string {
      if (waiting.get(screenId)?.endpointId !== endpointId)
        throw new AtelierError('request.not-found', 'nobody waits for this screen any more');
      return screenId;
    },

    /** The endpoint's end is there. */
    join(screenId: string, endpoint: WebSocket): void {
      const one = take(screenId);
      if (!one) {
        endpoint.close(1001);
        return;
      }
      one.browser.resume();
      splice(one.browser, endpoint);
    },
  };
}

export type ScreenDesk = ReturnType<typeof screenDesk>;
