import { randomUUID } from 'node:crypto';
import type { EnumeratedItem, OperationContext } from '@atelier/plugin-kit';
import {
  type EnumerateOperation,
  type EnumerationResponse,
  fault,
  type PullOperation,
  type RequestHeaders,
  untilExpiry,
  WsmanFault,
} from '@atelier/wsman';
import type { SettingsStore } from '../config/settings-store.ts';
import { Enumeration } from './enumeration.ts';
import { envelopeLimit } from './envelope-limit.ts';
import type { Operation } from './operation.ts';

/** Contexts that one user, and all together, may leave open. */
const perUser = 500;
const inAll = 5000;
const sweepMs = 5000;

/** All open enumeration contexts. They belong to a user and end when they are drawn to the end, released, or not pulled in time. */
export class Enumerations {
  readonly #settings: SettingsStore;
  readonly #open = new Map<string, Enumeration>();
  #sweeper: NodeJS.Timeout | null = null;

  constructor(settings: SettingsStore) {
    this.#settings = settings;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Begins to enumerate what `items` gives; its context lives longer than the operation. */
  async start(
    request: EnumerateOperation & { readonly headers: RequestHeaders },
    operation: Operation,
    items: (context: OperationContext) => AsyncIterable<EnumeratedItem>,
  ): Promise<EnumerationResponse> {
    const { EnumerationTimeoutms } = this.#settings.current.config.Service;
    const wished = request.expires ? untilExpiry(request.expires, Date.now()) : EnumerationTimeoutms;
    if (wished <= 0) throw fault('enumerateInvalidExpirationTime');
    const lives = Math.min(wished, EnumerationTimeoutms);
    this.#checkQuota(operation.user.name);
    const abort = new AbortController();
    const context: OperationContext = {
      user: operation.user,
      clientAddress: operation.clientAddress,
      signal: abort.signal,
      deadline: Number.MAX_SAFE_INTEGER,
      locales: operation.locales,
      options: operation.options,
      activityId: operation.activityId,
    };
    const facts = { id: '', user: operation.user.name, mode: request.mode, abort, subscription: false };
    if (!request.optimize) {
      const id = newId();
      this.adopt(new Enumeration({ ...facts, id }, items(context), Date.now() + lives));
      return answer(id, request.expires ? lives : null, null, false, request.headers);
    }
    const id = newId();
    const enumeration = new Enumeration({ ...facts, id }, items(context), Date.now() + lives);
    try {
      const limits = this.#limits(request.headers, Math.max(1, request.maxElements), null);
      const { items: packed, end } = await enumeration.pull(limits, operation.deadline);
      if (end) abort.abort();
      else this.adopt(enumeration);
      return answer(end ? '' : id, request.expires ? lives : null, packed, end, request.headers);
    } catch (error) {
      enumeration.end();
      // Nothing was begun that the client could ask for again: it is the operation that took too long.
      throw isFault(error, 'wsen:TimedOut') ? fault('operationTimedOut', {}, { cause: error }) : error;
    }
  }

  /** Takes an enumeration into the table: it is swept when it expires. */
  adopt(enumeration: Enumeration): void {
    this.#open.set(enumeration.facts.id, enumeration);
    this.#sweeper ??= setInterval(() => this.#sweep(), sweepMs).unref();
  }

  async pull(
    request: PullOperation & { readonly headers: RequestHeaders },
    operation: Operation,
  ): Promise<EnumerationResponse> {
    const one = this.#find(request.context, operation.user.name);
    const deadline = Math.min(operation.deadline, Date.now() + (request.maxTime ?? Number.MAX_SAFE_INTEGER));
    const limits = this.#limits(request.headers, request.maxElements, request.maxCharacters);
    const { items, end, bookmark } = await one.pull(limits, deadline).catch((error) => {
      if (!one.facts.subscription && !isFault(error, 'wsen:TimedOut', 'wsman:Concurrency', 'wsman:EncodingLimit'))
        this.#drop(one);
      throw error;
    });
    if (end) this.#drop(one);
    else this.#touch(one);
    return {
      kind: 'pull',
      context: one.facts.id,
      items,
      end,
      ...(bookmark ? { bookmark } : {}),
      ...total(request.headers),
    };
  }

  release(context: string, user: string): EnumerationResponse {
    this.#drop(this.#find(context, user));
    return { kind: 'release' };
  }

  status(context: string, user: string): EnumerationResponse {
    return { kind: 'enumeration-status', expires: Math.max(0, this.#find(context, user).expiresAt - Date.now()) };
  }

  renew(context: string, user: string, wished: number | null): EnumerationResponse {
    const one = this.#find(context, user);
    const most = this.#settings.current.config.Service.EnumerationTimeoutms;
    if (wished !== null && wished <= 0) throw fault('enumerateInvalidExpirationTime');
    const expires = Math.min(wished ?? most, most);
    one.expiresAt = Date.now() + expires;
    return { kind: 'renew-enumeration', context, expires };
  }

  /** Ends one that a subscription owned. */
  remove(context: string): void {
    const one = this.#open.get(context);
    if (one) this.#drop(one);
  }

  close(): void {
    for (const one of this.#open.values()) one.end();
    this.#open.clear();
    if (this.#sweeper) clearInterval(this.#sweeper);
  }

  #find(context: string, user: string): Enumeration {
    const one = this.#open.get(context.replace(/^uuid:/i, '').toUpperCase());
    // Another user's context does not exist for this one.
    if (!one || one.facts.user !== user || (one.expiresAt < Date.now() && !one.busy))
      throw fault('enumerateInvalidEnumerationContext');
    return one;
  }

  #limits(headers: RequestHeaders, maxElements: number, maxCharacters: number | null) {
    const { config } = this.#settings.current;
    return {
      maxElements: Math.min(maxElements, config.MaxBatchItems),
      maxCharacters,
      maxEnvelopeSize: envelopeLimit(headers, config),
      encoding: headers.encoding,
    };
  }

  #touch(one: Enumeration): void {
    if (!one.facts.subscription)
      one.expiresAt = Math.max(one.expiresAt, Date.now() + this.#settings.current.config.Service.EnumerationTimeoutms);
  }

  #checkQuota(user: string): void {
    if (this.#open.size >= inAll) throw fault('quotaLimit');
    let own = 0;
    for (const one of this.#open.values()) if (one.facts.user === user) own++;
    if (own >= Math.min(perUser, this.#settings.current.config.Service.MaxConcurrentOperationsPerUser))
      throw fault('quotaLimit');
  }

  #drop(one: Enumeration): void {
    one.end();
    this.#open.delete(one.facts.id);
    if (this.#open.size === 0 && this.#sweeper) {
      clearInterval(this.#sweeper);
      this.#sweeper = null;
    }
  }

  #sweep(): void {
    const now = Date.now();
    for (const one of this.#open.values())
      if (one.expiresAt < now && !one.busy && !one.facts.subscription) this.#drop(one);
  }
}

export const newId = (): string => randomUUID().toUpperCase();
const isFault = (error: unknown, ...subcodes: readonly string[]): boolean =>
  error instanceof WsmanFault && subcodes.includes(error.body.subcode);
/** We do not know before we have looked: the client is told so. */
const total = (headers: RequestHeaders) => (headers.wantsTotal ? { total: null } : {});

function answer(
  context: string,
  expires: number | null,
  items: Extract<EnumerationResponse, { kind: 'enumerate' }>['items'],
  end: boolean,
  headers: RequestHeaders,
): EnumerationResponse {
  return { kind: 'enumerate', context, expires, items, end, ...total(headers) };
}
