import type { IncomingMessage } from 'node:http';

/** The correlation id that a caller sent along, if it is one that may stand in logs and rows. */
export function correlationIdOf(request: IncomingMessage): string | undefined {
  const sent = request.headers['x-correlation-id'];
  return typeof sent === 'string' && /^[\w-]{8,64}$/.test(sent) ? sent : undefined;
}
