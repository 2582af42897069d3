import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { apiBase, type ChannelCommand, type ChannelMessage, type InstanceReport } from '@atelier/api';
import type { QueuedEvent } from '@atelier/domain/events';
import type { GrantDocument, GrantedWorkspace, SignedDocument } from '@atelier/domain/workspaces';
import { generateSigner } from '@atelier/trim';
import { type WebSocket, WebSocketServer } from 'ws';
import { x509 } from '../enrollment/x509.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;
const hours = (count: number) => new Date(Date.now() + count * 3_600_000);

/** A server's device plane in one file, over real TLS, for tests of the client. Keeps everything in memory. */
export interface FakeServer {
  readonly url: string;
  /** `TOKEN.CAFINGERPRINT` */
  readonly token: string;
  readonly userId: string;
  workspaces: GrantedWorkspace[];
  password: string;
  /** By `endpoint sequence`: what was stored, with how often it came. */
  readonly events: Map<number, { readonly event: QueuedEvent; count: number }>;
  instances: readonly InstanceReport[];
  readonly requests: string[];
  /** The sequence of the next grant; set it back to play a replay. */
  sequence: number;
  revoked: boolean;
  /** How far the server's clock is ahead, milliseconds. */
  clockOffset: number;
  /** Hours that the next certificates hold. */
  certificateHours: number;
  grant(endpointId: string): SignedDocument;
  command(
    command: Omit<Extract<ChannelCommand, { kind: 'act' }>, 'id'> | { kind: 'refresh' } | { kind: 'revoked' },
  ): Promise<ChannelMessage>;
  /** Has the client connect a screen, and gives the server's end of it. */
  screen(workspaceId: string): Promise<WebSocket>;
  readonly online: boolean;
  /** Goes away, or comes back under the same address. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

export async function startFakeServer(repositoryFolder: string, rootText: string): Promise<FakeServer> {
  const lib = await x509();
  const caKeys = await newKeys();
  const ca = await lib.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=Fake authority',
    notBefore: hours(-1),
    notAfter: hours(48),
    signingAlgorithm: algorithm,
    keys: caKeys,
    extensions: [new lib.BasicConstraintsExtension(true, 0, true)],
  });
  const caPem = ca.toString('pem');
  const fingerprint = createHash('sha256').update(Buffer.from(ca.rawData)).digest('hex');
  const issue = async (subject: string, publicKey: CryptoKey, life: number, name?: string) =>
    (
      await lib.X509CertificateGenerator.create({
        serialNumber: randomBytes(8)
          .toString('hex')
          .replace(/^[89a-f]/, '1'),
        subject,
        issuer: ca.subject,
        notBefore: hours(-1),
        notAfter: hours(life),
        publicKey,
        signingKey: caKeys.privateKey,
        signingAlgorithm: algorithm,
        extensions: name ? [new lib.SubjectAlternativeNameExtension([{ type: 'ip', value: name }])] : [],
      })
    ).toString('pem');
  const ownKeys = await newKeys();
  const own = await issue('CN=127.0.0.1', ownKeys.publicKey, 48, '127.0.0.1');
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', ownKeys.privateKey as webcrypto.CryptoKey));
  const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8.toString('base64')}\n-----END PRIVATE KEY-----\n`;

  const policy = generateSigner().signer;
  const secret = 'tokentokentoken';
  const userId = '01HZZZZZZZZZZZZZZZZZZZZZZA';
  const endpointId = '01HZZZZZZZZZZZZZZZZZZZZZZE';
  const sockets = new WebSocketServer({ noServer: true });
  let server: Server | undefined;
  let port = 0;
  let channel: WebSocket | undefined;
  const waiting = new Map<string, (message: ChannelMessage) => void>();
  const screens = new Map<string, (socket: WebSocket) => void>();

  const self: FakeServer = {
    get url() {
      return `https://127.0.0.1:${port}`;
    },
    token: `${secret}.${fingerprint}`,
    userId,
    workspaces: [],
    password: 'correct horse battery',
    events: new Map(),
    instances: [],
    requests: [],
    sequence: 1,
    revoked: false,
    clockOffset: 0,
    certificateHours: 24,
    get online() {
      return channel !== undefined;
    },
    grant: (forEndpoint) => {
      const document: GrantDocument = {
        kind: 'atelier.grant',
        version: 1,
        endpointId: forEndpoint,
        user: { id: userId, name: 'anna', displayName: 'Anna' },
        sequence: self.sequence++,
        issuedAt: new Date(Date.now() + self.clockOffset).toISOString(),
        workspaces: self.workspaces,
      };
      const payload = Buffer.from(JSON.stringify(document));
      const signature = Buffer.from(policy.sign(payload) as Uint8Array).toString('base64');
      return { payload: payload.toString('base64'), keyId: policy.publicKey.id, signature };
    },
    command: async (command) => {
      const id = randomBytes(6).toString('hex');
      const answered = new Promise<ChannelMessage>((resolve) => waiting.set(id, resolve));
      channel!.send(JSON.stringify({ ...command, id }));
      return await answered;
    },
    screen: async (workspaceId) => {
      const screenId = randomBytes(6).toString('hex');
      const opened = new Promise<WebSocket>((resolve) => screens.set(screenId, resolve));
      const id = randomBytes(6).toString('hex');
      const answered = new Promise<ChannelMessage>((resolve) => waiting.set(id, resolve));
      channel!.send(JSON.stringify({ kind: 'open-screen', id, workspaceId, userId, screenId }));
      const answer = await Promise.race([opened, answered]);
      if ('kind' in answer && answer.kind === 'answer' && !answer.ok) throw new Error(answer.error?.code);
      return await opened;
    },
    down: async () => {
      const old = server;
      server = undefined;
      channel?.terminate();
      channel = undefined;
      await new Promise<void>((resolve) => {
        old?.close(() => resolve());
        old?.closeAllConnections();
      });
    },
    up: async () => {
      const next = createServer(
        { cert: `${own}\n${caPem}`, key, ca: [caPem], requestCert: true, rejectUnauthorized: false },
        (request, response) => void answer(request, response).catch(() => response.destroy()),
      );
      next.on('upgrade', (request, socket, head) => {
        if (self.revoked) {
          const body = JSON.stringify(problem(403, 'endpoint.revoked'));
          socket.end(`HTTP/1.1 403 no\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
          return;
        }
        sockets.handleUpgrade(request, socket, head, (ws) => connected(request.url ?? '', ws));
      });
      await new Promise<void>((resolve) => next.listen(port, '127.0.0.1', resolve));
      port = (next.address() as AddressInfo).port;
      server = next;
    },
    close: () => self.down(),
  };

  const connected = (url: string, ws: WebSocket) => {
    ws.on('error', () => undefined);
    const screenId = url.split('/screens/')[1];
    if (screenId) return screens.get(screenId)?.(ws);
    channel = ws;
    ws.on('close', () => {
      if (channel === ws) channel = undefined;
    });
    ws.on('message', (data) => {
      const message = JSON.parse(String(data)) as ChannelMessage;
      if (message.kind === 'instances') self.instances = message.instances;
      if (message.kind === 'answer') waiting.get(message.id)?.(message);
    });
  };
  const enrolled = async (csr: string) => {
    const request = new lib.Pkcs10CertificateRequest(csr);
    if (!(await request.verify())) throw new Error('the signing request is not signed by its key');
    const publicKey = await request.publicKey.export(webcrypto as Crypto);
    return {
      endpointId,
      certificate: await issue(`CN=${endpointId}`, publicKey, self.certificateHours),
      ca: caPem,
      serverTime: time(),
      policyKeys: [{ keyId: policy.publicKey.id, publicKey: policy.publicKey.key }],
      repositoryRoot: rootText,
    };
  };
  const time = () => new Date(Date.now() + self.clockOffset).toISOString();
  const problem = (status: number, code: string) => ({
    type: 'about:blank',
    title: code,
    status,
    code,
    detail: code,
    cause: code,
    fix: code,
    correlationId: 'x',
  });

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? '').replace(apiBase, '');
    self.requests.push(`${request.method} ${path}`);
    if (path.startsWith('/repository/'))
      return await sendFile(join(repositoryFolder, path.slice(12)), request, response);
    let text = '';
    for await (const part of request) text += part;
    const body = text ? JSON.parse(text) : {};
    const known = (request.socket as TLSSocket).authorized;
    const [status, value] = await respond(path, body, known);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
  // biome-ignore lint/suspicious/noExplicitAny: bodies are what the client sends
  const respond = async (path: string, body: any, known: boolean): Promise<[number, unknown]> => {
    if (path === '/device/enroll')
      return body.token === secret ? [201, await enrolled(body.csr)] : [403, problem(403, 'endpoint.token-invalid')];
    if (!known) return [401, problem(401, 'endpoint.certificate')];
    if (self.revoked) return [403, problem(403, 'endpoint.revoked')];
    if (path === '/device/renew') return [200, await enrolled(body.csr)];
    if (path === '/device/sign-in')
      return body.name.toLowerCase() === 'anna' && body.password === self.password
        ? [200, { grant: self.grant(endpointId), serverTime: time() }]
        : [401, problem(401, 'people.sign-in-failed')];
    if (path === `/device/grants/${userId}`) return [200, { grant: self.grant(endpointId), serverTime: time() }];
    if (path === '/device/repository')
      return [
        200,
        {
          baseUrls: [`${self.url}/repository/`],
          headers: {},
          query: {},
          useClientCertificate: false,
          expiresAt: hours(1).toISOString(),
        },
      ];
    if (path === '/device/events') {
      for (const event of body.events as QueuedEvent[]) {
        const stored = self.events.get(event.sequence);
        if (stored && JSON.stringify(stored.event) !== JSON.stringify(event)) throw new Error('an event changed');
        self.events.set(event.sequence, { event, count: (stored?.count ?? 0) + 1 });
      }
      return [200, { upTo: body.events.at(-1).sequence, stored: body.events.length, serverTime: time() }];
    }
    return [404, problem(404, 'request.not-found')];
  };

  await self.up();
  return self;
}

async function sendFile(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  const file = await open(path).catch(() => undefined);
  if (!file) {
    response.writeHead(404).end();
    return;
  }
  await file.close();
  const all = await readFile(path);
  const [first, last] = range ? [Number(range[1]), Math.min(Number(range[2]), all.length - 1)] : [0, all.length - 1];
  const part = all.subarray(first, last + 1);
  response.writeHead(range ? 206 : 200, {
    'content-length': part.length,
    ...(range && { 'content-range': `bytes ${first}-${last}/${all.length}` }),
  });
  response.end(part);
}
