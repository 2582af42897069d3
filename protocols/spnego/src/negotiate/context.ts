import { plainBytes } from '../crypto/hashes.ts';
import type { MechanismContext } from '../mechanism-context.ts';
import type { Identity, Mechanism, SealedMessage, SecurityContext, StepResult } from '../security-context.ts';
import { SpnegoError } from '../spnego-error.ts';

/** Longest token that is read. Windows makes none above 64 KiB, group memberships and all. */
const longestToken = 128 * 1024;

/** What one step of a side does: a token to send, and whether this side is complete. */
export interface Advance {
  readonly token: Uint8Array | null;
  readonly done: boolean;
}

/**
 * What both sides have in common: one step at a time, none after the end, no keys before it, nothing at all after an error.
 */
export abstract class NegotiatedContext implements SecurityContext {
  abstract readonly role: 'acceptor' | 'initiator';
  framing: 'spnego' | 'raw' | null = null;
  protected chosen: MechanismContext | null = null;
  #state: 'open' | 'stepping' | 'done' | 'dead' = 'open';

  protected abstract advance(token: Uint8Array | null): Promise<Advance>;
  /** A token that tells the peer that it is refused, around the mechanism's own if it has one. */
  protected abstract refusal(inner: Uint8Array | undefined): Uint8Array | undefined;
  protected abstract discard(): void;

  get mechanism(): Mechanism | null {
    return this.chosen?.mechanism ?? null;
  }

  get done(): boolean {
    return this.#state === 'done';
  }

  get identity(): Identity | null {
    return this.done ? (this.chosen?.identity ?? null) : null;
  }

  get canSeal(): boolean {
    return this.done && (this.chosen?.canSeal ?? false);
  }

  async step(token: Uint8Array | null): Promise<StepResult> {
    if (this.#state !== 'open') throw new SpnegoError('spnego.out-of-order', 'no authentication token is due');
    this.#state = 'stepping';
    try {
      if (token && token.length > longestToken)
        throw new SpnegoError('spnego.malformed', `an authentication token has ${token.length} bytes`);
      const result = await this.advance(token && plainBytes(token));
      if ((this.#state as string) === 'dead') throw new SpnegoError('spnego.not-ready', 'the logon was closed');
      this.#state = result.done ? 'done' : 'open';
      return { ...result, identity: this.identity };
    } catch (error) {
      this.close();
      if (!(error instanceof SpnegoError)) throw error;
      const reply = this.refusal(error.reply);
      if (reply === error.reply) throw error;
      throw new SpnegoError(error.code, error.message, { cause: error.cause, reply });
    }
  }

  #use<T>(work: (mechanism: MechanismContext) => T, sealing: boolean): T {
    if (this.#state !== 'done' || !this.chosen) throw new SpnegoError('spnego.not-ready', 'the logon is not complete');
    if (sealing && !this.chosen.canSeal)
      throw new SpnegoError('spnego.not-sealed', 'encryption of messages was not agreed on');
    try {
      return work(this.chosen);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  sessionKey(): Uint8Array {
    return this.#use((mechanism) => mechanism.sessionKey(), false);
  }

  seal(plain: Uint8Array): SealedMessage {
    return this.#use((mechanism) => mechanism.seal(plainBytes(plain)), true);
  }

  open(sealed: SealedMessage): Uint8Array {
    return this.#use(
      (mechanism) => mechanism.open({ header: plainBytes(sealed.header), data: plainBytes(sealed.data) }),
      true,
    );
  }

  wrap(plain: Uint8Array): Uint8Array {
    return this.#use((mechanism) => mechanism.wrap(plainBytes(plain)), true);
  }

  unwrap(token: Uint8Array): Uint8Array {
    return this.#use((mechanism) => mechanism.unwrap(plainBytes(token)), true);
  }

  sign(message: Uint8Array): Uint8Array {
    return this.#use((mechanism) => mechanism.sign(message), false);
  }

  verify(message: Uint8Array, signature: Uint8Array): void {
    this.#use((mechanism) => mechanism.verify(message, signature), false);
  }

  close(): void {
    this.#state = 'dead';
    this.discard();
  }
}
