import { randomUUID } from 'node:crypto';
import {
  encodeText,
  type Operation,
  type OutgoingHeaders,
  readAnswer,
  UnreadableAnswer,
  type WsmanAnswer,
  writeRequest,
  xmlLimits,
} from '@atelier/wsman';
import type { ConnectionOptions } from './connection-options.ts';
import { winrmError } from './errors.ts';
import { ConnectionPool } from './transport/connection-pool.ts';
import type { HttpAnswer } from './transport/http-exchange.ts';

/** What one call may say besides its operation. Times in milliseconds. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Of the operation at the host. */
  readonly timeout?: number;
  readonly locale?: string;
}

/** Time that an answer may be late beyond the operation's own, for network and queues. */
const grace = 30_000;

/** Operations that do no harm when they are done twice. */
const repeatable: ReadonlySet<Operation['kind']> = new Set<Operation['kind']>([
  'identify',
  'get',
  'enumerate',
  'enumeration-status',
  'subscription-status',
]);

const newId = (): string => `uuid:${randomUUID().toUpperCase()}`;

const contentTypes = {
  'utf-8': 'application/soap+xml;charset=UTF-8',
  'utf-16': 'application/soap+xml;charset=UTF-16',
} as const;

function describe(answer: HttpAnswer): string {
  const type = answer.headers['content-type'] ?? 'nothing';
  return `HTTP status ${answer.status} with ${type}`;
}

/** Sends operations and reads answers, over connections to one host. */
export class WsmanCall {
  readonly #options: ConnectionOptions;
  readonly #pool: ConnectionPool;
  readonly #session = newId();

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#pool = new ConnectionPool(options);
  }

  #headers(extra: Partial<OutgoingHeaders>, call: CallOptions): OutgoingHeaders {
    const locale = call.locale ?? this.#options.locale ?? 'en-US';
    return {
      to: this.#pool.target.url,
      messageId: newId(),
      operationTimeout: call.timeout ?? this.#options.operationTimeout ?? 60_000,
      maxEnvelopeSize: this.#options.maxEnvelopeSize ?? 512_000,
      locale,
      dataLocale: locale,
      sessionId: this.#session,
      ...extra,
    };
  }

  /** Does one operation. Throws `WsmanFault` when the host answers one, this adapter's errors, or the signal's reason. */
  async send(operation: Operation, extra: Partial<OutgoingHeaders> = {}, call: CallOptions = {}): Promise<WsmanAnswer> {
    const headers = this.#headers(extra, call);
    const encoding = this.#options.encoding ?? 'utf-8';
    const body = encodeText(writeRequest(operation, headers), encoding);
    const limit = (headers.operationTimeout ?? 60_000) + grace;
    const late = AbortSignal.timeout(limit);
    const signal = call.signal ? AbortSignal.any([call.signal, late]) : late;
    let answer: HttpAnswer;
    try {
      const anonymous = operation.kind === 'identify' && this.#options.credentials.kind === 'none';
      const content = { contentType: contentTypes[encoding], body };
      const more: Readonly<Record<string, string>> = anonymous ? { WSMANIDENTIFY: 'unauthenticated' } : {};
      answer = await this.#pool.send(content, more, repeatable.has(operation.kind), signal);
    } catch (error) {
      if (late.aborted && !call.signal?.aborted)
        throw winrmError('winrm.timeout', `${this.#pool.target.host} did not answer within ${limit} ms`, error);
      throw error;
    }
    return this.#read(operation, headers, answer);
  }

  #read(operation: Operation, headers: OutgoingHeaders, answer: HttpAnswer): WsmanAnswer {
    const { host } = this.#pool.target;
    if (answer.status === 401) throw winrmError('winrm.denied', `${host} refused the logon`);
    if (answer.status === 204)
      return { action: '', messageId: '', relatesTo: headers.messageId, total: null, bookmark: null, body: [] };
    if (answer.status !== 200 && answer.body.length === 0)
      throw winrmError('winrm.answer', `${host} answers ${describe(answer)}`);
    try {
      const read = readAnswer(answer.body, { ...xmlLimits, bytes: Math.max(xmlLimits.bytes, answer.body.length) });
      // Small services leave RelatesTo out; over one connection with one request at a time there is no doubt then.
      if (operation.kind !== 'identify' && read.relatesTo !== null && read.relatesTo !== headers.messageId)
        throw winrmError('winrm.answer', `${host} answers another message than ours`);
      return read;
    } catch (error) {
      if (!(error instanceof UnreadableAnswer)) throw error;
      throw winrmError('winrm.answer', `${host} answers ${describe(answer)}: ${error.message}`, error);
    }
  }

  close(): void {
    this.#pool.close();
  }
}
