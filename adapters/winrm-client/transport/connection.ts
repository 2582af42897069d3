import { Agent } from 'node:http';
import type { Socket } from 'node:net';
import { type TlsTunnel, tunnelSealing } from '@atelier/adapters/tls-tunnel';
import {
  initiateSecurity,
  isSpnegoError,
  openBody,
  type SecurityContext,
  sealBody,
  tlsServerEndPoint,
} from '@atelier/spnego';
import { logOnByCredSsp } from '../auth/log-on-by-credssp.ts';
import { needsHandshake, securityOptions } from '../auth/security-credentials.ts';
import type { ConnectionOptions, Target } from '../connection-options.ts';
import { winrmError } from '../errors.ts';
import { exchange, type HttpAnswer, type HttpContent } from './http-exchange.ts';
import { openSocket } from './open-socket.ts';

const mutual = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual';
const mostRounds = 6;

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;

/** The token of our scheme in `WWW-Authenticate`: null when the server does not offer the scheme. */
export function challengeOf(header: string | undefined, scheme: string): Uint8Array | null {
  const found = new RegExp(`(?:^|,)\\s*${scheme}(?:\\s+([A-Za-z0-9+/=]+))?\\s*(?:,|$)`, 'i').exec(header ?? '');
  return found ? Buffer.from(found[1] ?? '', 'base64') : null;
}

/** The agent of one socket: when that is gone, so is the connection with its logon. */
function agentOf(socket: Socket): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  agent.createConnection = () => socket;
  return agent;
}

interface Sealing {
  open(sealed: HttpContent): HttpContent | Promise<HttpContent>;
  seal(plain: HttpContent): HttpContent | Promise<HttpContent>;
}

async function decrypted(sealing: Sealing, sealed: HttpContent): Promise<HttpContent> {
  try {
    return await sealing.open(sealed);
  } catch (cause) {
    throw winrmError('winrm.answer', 'the encrypted answer was changed or is not for us', cause);
  }
}

/** One connection to a host with the logon that is bound to it. One request at a time. */
export class Connection {
  readonly #target: Target;
  readonly #options: ConnectionOptions;
  readonly #agent: Agent;
  readonly #socket: Socket;
  readonly #certificate: Uint8Array | null;
  readonly #limit: number;
  #security: SecurityContext | null = null;
  #tunnel: TlsTunnel | null = null;
  /** Requests that were answered. */
  answered = 0;

  private constructor(target: Target, options: ConnectionOptions, socket: Socket, certificate: Uint8Array | null) {
    this.#target = target;
    this.#options = options;
    this.#socket = socket;
    this.#certificate = certificate;
    this.#agent = agentOf(socket);
    this.#limit = Math.max(1024 * 1024, (options.maxEnvelopeSize ?? 512_000) * 3);
    socket.on('error', () => socket.destroy());
  }

  /** Connects and logs on. */
  static async open(target: Target, options: ConnectionOptions, signal: AbortSignal): Promise<Connection> {
    const { credentials } = options;
    if (credentials.kind === 'certificate' && !target.tls)
      throw winrmError('winrm.request', 'a client certificate needs HTTPS');
    if (credentials.kind === 'basic' && !target.tls && !options.allowUnencrypted)
      throw winrmError('winrm.unencrypted', 'Basic would send the password over HTTP in clear');
    const opened = await openSocket(target, options.trust ?? {}, credentials, options.connectTimeout ?? 15_000, signal);
    const connection = new Connection(target, options, opened.socket, opened.certificate);
    try {
      if (credentials.kind === 'credssp') connection.#tunnel = await connection.#credSsp(credentials, signal);
      if (needsHandshake(credentials)) await connection.#logOn(signal);
      return connection;
    } catch (error) {
      connection.close();
      if (isSpnegoError(error)) throw winrmError('winrm.denied', error.message, error);
      throw error;
    }
  }

  get alive(): boolean {
    return !this.#socket.destroyed && this.#socket.writable;
  }

  #credSsp(credentials: { readonly user: string; readonly password: string }, signal: AbortSignal): Promise<TlsTunnel> {
    const empty = { contentType: 'application/soap+xml;charset=UTF-8', body: new Uint8Array(0) };
    return logOnByCredSsp(credentials, this.#target, async (token) => {
      const headers = { Authorization: `CredSSP ${token}` };
      const answer = await exchange(this.#agent, this.#target, empty, headers, this.#limit, signal);
      const challenge = challengeOf(answer.headers['www-authenticate'], 'CredSSP');
      return { status: answer.status, challenge, alive: this.alive };
    });
  }

  async #logOn(signal: AbortSignal): Promise<void> {
    const binding = this.#certificate ? tlsServerEndPoint(this.#certificate) : null;
    const security = initiateSecurity(await securityOptions(this.#options.credentials, this.#target, binding, signal));
    const empty = { contentType: 'application/soap+xml;charset=UTF-8', body: new Uint8Array(0) };
    let step = await security.step(null);
    for (let round = 0; round < mostRounds; round++) {
      const token = Buffer.from(step.token ?? []).toString('base64');
      const answer = await exchange(
        this.#agent,
        this.#target,
        empty,
        { Authorization: `Negotiate ${token}` },
        this.#limit,
        signal,
      );
      const challenge = challengeOf(answer.headers['www-authenticate'], 'Negotiate');
      const refused = answer.status === 401;
      if (refused && (!challenge || challenge.length === 0))
        throw winrmError('winrm.denied', `${this.#target.host} does not accept this logon by Negotiate`);
      if (!refused && answer.status >= 300)
        throw winrmError('winrm.answer', `the logon was answered with HTTP status ${answer.status}`);
      if (challenge && challenge.length > 0 && !security.done) step = await security.step(challenge);
      if (!refused) break;
      if (!this.alive) throw winrmError('winrm.denied', 'the host closed the connection within the logon');
    }
    if (!security.done) throw winrmError('winrm.answer', 'the host did not prove who it is');
    if (!this.#target.tls && !security.canSeal && !this.#options.allowUnencrypted)
      throw winrmError('winrm.unencrypted', 'the host does not agree to encrypt messages');
    this.#security = security;
  }

  /** What encrypts messages: nothing over HTTPS, which does so itself. */
  #sealing(): Sealing | null {
    if (this.#target.tls) return null;
    if (this.#tunnel) return tunnelSealing(this.#tunnel);
    const security = this.#security;
    if (!security?.canSeal) return null;
    return { open: (sealed) => openBody(security, sealed), seal: (plain) => sealBody(security, plain) };
  }

  #authorization(): Readonly<Record<string, string>> {
    const { credentials } = this.#options;
    if (credentials.kind === 'basic') return { Authorization: basic(credentials.user, credentials.password) };
    return credentials.kind === 'certificate' ? { Authorization: mutual } : {};
  }

  /** Sends one message and gives the answer, decrypted. 401 comes back as an answer. Throws `ConnectionLost` and the errors of this adapter. */
  async send(
    content: HttpContent,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const seal = this.#sealing();
    const sent = seal ? await seal.seal(content) : content;
    const answer = await exchange(
      this.#agent,
      this.#target,
      sent,
      { ...this.#authorization(), ...headers },
      this.#limit,
      signal,
    );
    this.answered += 1;
    if (answer.status === 401 || answer.body.length === 0 || !seal) return answer;
    const contentType = answer.headers['content-type'] ?? '';
    if (!/^multipart\/(x-multi-)?encrypted/i.test(contentType))
      throw winrmError('winrm.unencrypted', `the host answered in clear (HTTP status ${answer.status})`);
    const opened = await decrypted(seal, { contentType, body: answer.body });
    return {
      ...answer,
      headers: { ...answer.headers, 'content-type': opened.contentType },
      body: Buffer.from(opened.body),
    };
  }

  close(): void {
    this.#security?.close();
    this.#security = null;
    this.#tunnel?.close();
    this.#tunnel = null;
    this.#agent.destroy();
    this.#socket.destroy();
  }
}
