import { hash, randomBytes } from 'node:crypto';
import { networkOf } from '@atelier/domain/people';

/** A routing token, and what the database knows it by. */
export interface MadeToken {
  readonly text: string;
  readonly hash: Buffer;
}

/** What the database knows a token by. */
export const tokenHash = (text: string): Buffer => hash('sha256', text, 'buffer');

/** A new token: 192 random bits as 32 characters of base64url. */
export function makeToken(): MadeToken {
  const text = randomBytes(24).toString('base64url');
  return { text, hash: tokenHash(text) };
}

/** A client is sent off a moment after the decision, or much later: then the token's time would be half over. */
const freshMs = 10_000;

interface Ready {
  readonly token: string;
  readonly address: string;
  readonly sinceMs: number;
}

/** Tokens that were issued with their claims and wait for a moment to be handed out, by session. */
export class ReadyTokens {
  readonly #bySession = new Map<string, Ready>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  put(sessionId: string, token: string, clientAddress: string): void {
    const sinceMs = this.#now();
    for (const [id, one] of this.#bySession) {
      if (sinceMs - one.sinceMs < freshMs) break;
      this.#bySession.delete(id);
    }
    this.#bySession.delete(sessionId);
    this.#bySession.set(sessionId, { token, address: networkOf(clientAddress), sinceMs });
  }

  /** The token, once; null when there is none, or it is for another address. */
  take(sessionId: string, clientAddress: string): string | null {
    const found = this.#bySession.get(sessionId);
    this.#bySession.delete(sessionId);
    if (!found || found.address !== networkOf(clientAddress)) return null;
    return this.#now() - found.sinceMs < freshMs ? found.token : null;
  }

  /** For a place that was given up. */
  drop(sessionId: string): void {
    this.#bySession.delete(sessionId);
  }
}
