import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import {
  type AcceptorOptions,
  acceptSecurity,
  encryptionProtocolOf,
  type Identity,
  isSpnegoError,
  openBody,
  type SecurityContext,
  sealBody,
} from '@atelier/spnego';

/** What the server saw: logons, refusals by code, and bodies that came encrypted. */
export interface NegotiateServer {
  readonly url: string;
  readonly identities: readonly Identity[];
  readonly refusals: readonly string[];
  readonly opened: readonly string[];
  close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/**
 * A server that binds a logon to its connection, as WinRM does: 401 until the logon is complete, then it answers `hello NAME`,
 * or what came encrypted, encrypted.
 */
export async function startNegotiateServer(
  options: AcceptorOptions,
  schemes: readonly string[] = ['Negotiate', 'NTLM', 'Kerberos'],
): Promise<NegotiateServer> {
  const contexts = new WeakMap<Socket, SecurityContext>();
  const seen = { identities: [] as Identity[], refusals: [] as string[], opened: [] as string[] };
  const challenge = (response: ServerResponse, value: string | readonly string[]) =>
    response.writeHead(401, { 'WWW-Authenticate': value as string[] }).end();

  const logOn = async (request: IncomingMessage, response: ServerResponse): Promise<SecurityContext | null> => {
    const [scheme, text] = request.headers.authorization!.split(' ') as [string, string];
    let context = contexts.get(request.socket);
    if (!context || context.done) {
      context = acceptSecurity(options);
      contexts.set(request.socket, context);
    }
    try {
      const { token, done, identity } = await context.step(Buffer.from(text, 'base64'));
      const value = `${scheme} ${Buffer.from(token ?? []).toString('base64')}`.trim();
      if (!done) {
        challenge(response, value);
        return null;
      }
      seen.identities.push(identity!);
      if (token) response.setHeader('WWW-Authenticate', value);
      return context;
    } catch (error) {
      contexts.delete(request.socket);
      seen.refusals.push(isSpnegoError(error) ? error.code : String(error));
      challenge(response, schemes);
      return null;
    }
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const known = contexts.get(request.socket);
    const context = request.headers.authorization ? await logOn(request, response) : known?.done ? known : null;
    if (!context) {
      if (!request.headers.authorization) challenge(response, schemes);
      return;
    }
    const contentType = request.headers['content-type'] ?? '';
    if (!encryptionProtocolOf(contentType)) {
      response.end(body.length > 0 || request.method === 'GET' ? `hello ${context.identity!.name}` : '');
      return;
    }
    try {
      const plain = openBody(context, { contentType, body });
      seen.opened.push(Buffer.from(plain.body).toString('utf8'));
      const sealed = sealBody(context, plain, plain.protocol);
      response.writeHead(200, { 'Content-Type': sealed.contentType }).end(sealed.body);
    } catch (error) {
      seen.refusals.push(isSpnegoError(error) ? error.code : String(error));
      request.socket.destroy();
    }
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      seen.refusals.push(String(error));
      request.socket.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    url: `http://localhost:${port}/wsman`,
    ...seen,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
