import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Audit } from '../audit.ts';
import { authenticate, type Gate, quickVerdict, type Verdict } from '../auth/authenticate.ts';
import type { ConnectionState } from '../auth/connection-state.ts';
import type { SettingsStore } from '../config/settings-store.ts';
import type { Dispatcher } from '../dispatch/dispatcher.ts';
import type { Admission } from './admission.ts';
import { answerMessage, tooLargeAnswer } from './answer-message.ts';
import { readBody, skipBody } from './read-body.ts';

/** What every request is served with. */
export interface Service {
  readonly gate: Gate;
  readonly settings: SettingsStore;
  readonly admission: Admission;
  readonly dispatcher: Dispatcher;
  readonly audit: Audit;
}

/** Encryption adds a frame around a message. */
const frameBytes = 16 * 1024;
const anonymousLimit = 16 * 1024;
const empty = Buffer.alloc(0);

function end(response: ServerResponse, status: number, headers: readonly string[], body: Buffer = empty): void {
  if (response.destroyed) return;
  response.writeHead(status, [...headers, 'Content-Length', String(body.length)]);
  response.end(body);
}

const wwwAuthenticate = (challenges: readonly string[]): string[] =>
  challenges.flatMap((one) => ['WWW-Authenticate', one]);

/** Refuses a request whose body is not read: the connection ends, since what follows on it could be anything. */
function refuseAndClose(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: Buffer = empty,
): void {
  const type = body.length > 0 ? ['Content-Type', 'application/soap+xml;charset=UTF-8'] : [];
  end(response, status, ['Connection', 'close', ...type], body);
  request.resume();
}

/** Serves one POST to the service's path. */
export async function serveRequest(
  service: Service,
  connection: ConnectionState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { settings, dispatcher, audit, gate } = service;
  const limit = settings.current.config.MaxEnvelopeSizekb * 1024 + frameBytes;
  if (Number(request.headers['content-length'] ?? 0) > limit)
    return refuseAndClose(request, response, 413, tooLargeAnswer().body);
  const verdict: Verdict =
    quickVerdict(gate, connection, request.headers.authorization) ?? (await authenticate(gate, connection, request));
  if (verdict.kind === 'unknown') return serveUnknown(service, connection, verdict.challenges, request, response);
  const { user, sealing, resources } = connection;
  const body = await readBody(request, limit);
  if (!body) return refuseAndClose(request, response, 413, tooLargeAnswer().body);
  const extra = verdict.challenge === null ? [] : ['WWW-Authenticate', verdict.challenge];
  // The last leg of a logon often carries nothing.
  if (body.length === 0) return end(response, verdict.fresh ? 200 : 400, extra);
  const contentType = request.headers['content-type'] ?? 'application/soap+xml';
  const sealed = /^multipart\//i.test(contentType);
  if (sealed && !sealing) return refuseAndClose(request, response, 400);
  if (!sealed && !/xml/i.test(contentType)) return end(response, 415, extra);
  if (!sealed && !connection.secure && !settings.current.config.Service.AllowUnencrypted)
    return end(response, 403, extra);
  let bytes: Uint8Array = body;
  if (sealed) {
    try {
      bytes = (await sealing!.open({ contentType, body })).body;
    } catch (error) {
      // Changed, repeated or reordered: whoever does that is not the one who logged on.
      audit({ kind: 'failure', message: 'an encrypted message was refused', error });
      connection.forget();
      connection.socket.destroy();
      return;
    }
  }
  const caller = { user, resources, address: connection.address, connection: connection.abort.signal };
  const answer = await answerMessage(bytes, caller, dispatcher, settings, audit);
  if (!sealed) return end(response, answer.status, ['Content-Type', answer.contentType, ...extra], answer.body);
  if (connection.abort.signal.aborted) return;
  const out = await sealing!.seal({ contentType: answer.contentType, body: answer.body });
  end(response, answer.status, ['Content-Type', out.contentType, ...extra], Buffer.from(out.body));
}

/** Somebody unknown may only Identify, and only by saying so in a header. */
async function serveUnknown(
  { settings, dispatcher, audit }: Service,
  connection: ConnectionState,
  challenges: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const asked = request.headers.wsmanidentify;
  if (typeof asked !== 'string' || asked.trim().toLowerCase() !== 'unauthenticated') {
    skipBody(request);
    if (!request.complete) await new Promise<void>((resolve) => request.once('close', resolve).once('end', resolve));
    return end(response, 401, wwwAuthenticate(challenges));
  }
  const body = await readBody(request, anonymousLimit);
  if (!body) return refuseAndClose(request, response, 413);
  const caller = { user: null, resources: null, address: connection.address, connection: connection.abort.signal };
  const answer = await answerMessage(body, caller, dispatcher, settings, audit);
  end(response, answer.status, ['Content-Type', answer.contentType], answer.body);
}
