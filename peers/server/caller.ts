import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';

/** An answer, with its body read. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
}

export interface Sending {
  readonly body?: unknown;
  /** Sent as it is instead of JSON. */
  readonly raw?: string | Buffer;
  readonly headers?: Record<string, string>;
}

const within = 20_000;

/** Raw HTTPS against one server, with the credentials given: nothing of ours is in between. */
export class Caller {
  readonly url: string;
  readonly #agent: Agent;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    url: string,
    ca: string,
    headers: Record<string, string> = {},
    certificate?: { key: string; cert: string },
  ) {
    this.url = url;
    this.#agent = new Agent({ ca, keepAlive: false, servername: 'localhost', ...certificate });
    this.headers = headers;
  }

  /** The same server with other headers, such as `authorization`. */
  with(headers: Record<string, string>): Caller {
    const other = Object.assign(Object.create(Caller.prototype), this) as Caller;
    return new Caller(other.url, String(this.#agent.options.ca), headers);
  }

  bearer(secret: string): Caller {
    return this.with({ authorization: `Bearer ${secret}` });
  }

  /** Starts a request; `path` is below the server's address. */
  open(method: string, path: string, headers: Record<string, string> = {}): ClientRequest {
    // The path goes out as it is: `new URL` would tidy up what a test wants to send.
    const { hostname, port } = new URL(this.url);
    const all = { ...this.headers, ...headers };
    return request({ hostname, port, path, method, agent: this.#agent, headers: all, timeout: within });
  }

  send(method: string, path: string, { body, raw, headers = {} }: Sending = {}): Promise<Reply> {
    const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const type: Record<string, string> =
      body === undefined || raw !== undefined ? {} : { 'content-type': 'application/json' };
    return new Promise((resolve, reject) => {
      const sent = this.open(method, path, { ...type, ...headers });
      sent.on('error', reject).on('timeout', () => sent.destroy(new Error(`${method} ${path} took too long`)));
      sent.on('response', (answer) => read(answer).then(resolve, reject));
      sent.end(content);
    });
  }

  get = (path: string, headers?: Record<string, string>) => this.send('GET', path, { headers });
  post = (path: string, body?: unknown, headers?: Record<string, string>) => this.send('POST', path, { body, headers });
}

async function read(answer: IncomingMessage): Promise<Reply> {
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += chunk;
  const json = /[/+]json/.test(answer.headers['content-type'] ?? '');
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    text,
    body: json && text !== '' ? JSON.parse(text) : undefined,
  };
}

/** Asks again until `look` gives something, for 15 seconds at most. */
export async function until<Value>(
  look: () => Promise<Value | undefined | false> | Value | undefined | false,
): Promise<Value> {
  const end = Date.now() + 15_000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error('it did not happen within 15 seconds');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
