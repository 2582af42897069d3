import { join } from '../crypto/hashes.ts';
import type { SecurityContext } from '../security-context.ts';
import { SpnegoError } from '../spnego-error.ts';
import type { CredSspResult } from './credssp.ts';
import { MessageBuffer } from './message-buffer.ts';
import { parseTsRequest, type TsRequest } from './ts-request.ts';

/** Versions that may be the least one taken: those below 5 can be relayed (CVE-2018-0886). */
export type MinimumVersion = 2 | 3 | 4 | 5 | 6;

export const ourVersion = 6;

/** What both sides of CredSSP have in common: messages are cut out of what TLS gives, and taken one after the other. */
export abstract class CredSspExchange {
  protected readonly context: SecurityContext;
  protected state: 'new' | 'logon' | 'key' | 'credentials' | 'done' | 'dead' = 'new';
  readonly #minimumVersion: MinimumVersion;
  readonly #buffer = new MessageBuffer();
  #busy = false;
  version: number | null = null;

  constructor(context: SecurityContext, minimumVersion: MinimumVersion = 5) {
    this.context = context;
    this.#minimumVersion = minimumVersion;
  }

  /** The other side, in words. */
  protected abstract readonly peer: string;
  /** Our first message, for who speaks first. */
  protected abstract begin(): Promise<Uint8Array> | null;
  /** Answers one message, whose version has been looked at. */
  protected abstract take(request: TsRequest): Promise<Uint8Array | null> | Uint8Array | null;
  /** What is thrown when the other side broke off. */
  protected abstract refusal(status: number): SpnegoError;
  /** What is thrown for an error of our own. */
  protected told(error: unknown): unknown {
    return error;
  }

  get done(): boolean {
    return this.state === 'done';
  }

  async push(bytes: Uint8Array | null): Promise<CredSspResult> {
    if (this.#busy || this.state === 'dead' || this.state === 'done')
      throw new SpnegoError('spnego.out-of-order', 'no credssp message is due');
    this.#busy = true;
    try {
      if (this.state === 'new') {
        this.state = 'logon';
        const first = this.begin();
        if (first) return { token: await first, done: false };
      }
      if (bytes) this.#buffer.add(bytes);
      const tokens: Uint8Array[] = [];
      for (let message = this.#buffer.next(); message; message = this.done ? null : this.#buffer.next()) {
        const token = await this.#answer(parseTsRequest(message));
        if (token) tokens.push(token);
      }
      return { token: tokens.length > 0 ? join(...tokens) : null, done: this.done };
    } catch (error) {
      this.close();
      throw this.told(error);
    } finally {
      this.#busy = false;
    }
  }

  async #answer(request: TsRequest): Promise<Uint8Array | null> {
    if (request.errorCode) throw this.refusal(request.errorCode);
    const version = Math.min(request.version, ourVersion);
    if (this.version !== null && this.version !== version)
      throw new SpnegoError('spnego.credssp', `the ${this.peer} changed its version on the way`);
    this.version = version;
    if (version < this.#minimumVersion)
      throw new SpnegoError('spnego.credssp', `the ${this.peer} speaks credssp version ${version} only`);
    return this.take(request);
  }

  surplus(): Uint8Array {
    return this.#buffer.take();
  }

  close(): void {
    this.state = 'dead';
    this.context.close();
  }
}
