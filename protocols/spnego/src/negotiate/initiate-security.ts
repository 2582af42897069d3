import type { InitiatorOptions } from '../initiator-options.ts';
import { KerberosInitiator } from '../kerberos/kerberos-initiator.ts';
import type { MechanismContext } from '../mechanism-context.ts';
import { NtlmInitiator } from '../ntlm/ntlm-initiator.ts';
import type { SecurityContext } from '../security-context.ts';
import { SpnegoError } from '../spnego-error.ts';
import { type Advance, NegotiatedContext } from './context.ts';
import { mechanismOf, oid } from './mechanism-ids.ts';
import {
  encodeNegTokenInit,
  encodeNegTokenResp,
  mechanismList,
  type NegTokenResp,
  negState,
  parseNegTokenResp,
} from './neg-token.ts';

class InitiatorContext extends NegotiatedContext {
  readonly role = 'initiator';
  readonly #offers: readonly MechanismContext[];
  readonly #list: Uint8Array;
  readonly #spnego: boolean;
  #begun = false;
  #mechanismDone = false;
  #micDue = false;
  #switched = false;
  #micSent = false;
  #micChecked = false;

  constructor(options: InitiatorOptions) {
    super();
    this.#spnego = options.framing !== 'raw';
    this.framing = options.framing ?? 'spnego';
    this.#offers = options.credentials.map((one) =>
      one.kind === 'ntlm' ? new NtlmInitiator(options, one) : new KerberosInitiator(options, one),
    );
    this.#list = mechanismList(this.#offers.map((offer) => oid[offer.mechanism]));
  }

  protected async advance(token: Uint8Array | null): Promise<Advance> {
    if (!this.#begun) {
      this.#begun = true;
      this.chosen = this.#offers[0]!;
      const first = await this.chosen.step(null);
      if (!this.#spnego) return first;
      this.#mechanismDone = first.done;
      return { token: encodeNegTokenInit(this.#list, first.token!), done: false };
    }
    if (!token || token.length === 0) throw new SpnegoError('spnego.malformed', 'an authentication token is empty');
    return this.#spnego ? this.#goOn(parseNegTokenResp(token)) : this.chosen!.step(token);
  }

  async #goOn(response: NegTokenResp): Promise<Advance> {
    if (response.state === negState.reject) {
      // Kerberos says why.
      if (response.token && this.chosen!.mechanism === 'kerberos') await this.chosen!.step(response.token);
      throw new SpnegoError('spnego.refused', 'the server refused the logon');
    }
    if (response.state === negState.requestMic) this.#micDue = true;
    if (response.mechanism && this.#switches(response.mechanism)) {
      const first = await this.chosen!.step(null);
      this.#mechanismDone = first.done;
      return { token: encodeNegTokenResp({ state: negState.incomplete, token: first.token }), done: false };
    }
    let inner: Uint8Array | null = null;
    if (response.token) {
      const result = await this.chosen!.step(response.token);
      this.#mechanismDone = result.done;
      inner = result.token;
    }
    if (!this.#mechanismDone) {
      if (response.state === negState.completed || !inner)
        throw new SpnegoError('spnego.out-of-order', 'the server ends a logon that is not complete');
      return { token: encodeNegTokenResp({ state: negState.incomplete, token: inner }), done: false };
    }
    if (response.mic) this.#check(response.mic);
    return this.#finish(response, inner);
  }

  /** The server chose another mechanism than our first: begin that one. */
  #switches(id: string): boolean {
    const kind = mechanismOf(id);
    if (kind === this.chosen!.mechanism) return false;
    const other = this.#offers.find((offer) => offer.mechanism === kind);
    if (!other || this.#switched)
      throw new SpnegoError('spnego.mechanism', `the server chose ${id}, which we did not offer`);
    this.chosen!.close();
    this.chosen = other;
    this.#switched = true;
    this.#micDue = true;
    return true;
  }

  #check(mic: Uint8Array): void {
    try {
      this.chosen!.verify(this.#list, mic);
    } catch (cause) {
      throw new SpnegoError('spnego.mic', 'the list of mechanisms was changed on its way', { cause });
    }
    this.#micChecked = true;
  }

  #finish(response: NegTokenResp, inner: Uint8Array | null): Advance {
    const mechanism = this.chosen!;
    const completed = response.state === negState.completed;
    if (completed && this.#micDue && mechanism.canSign && !this.#micChecked)
      throw new SpnegoError('spnego.mic', 'the server did not sign the list of mechanisms');
    // NTLM signs always, as Windows does: without it the choice of NTLM would be open to change.
    const sends =
      !completed &&
      !this.#micSent &&
      mechanism.canSign &&
      (this.#micDue || this.#micChecked || mechanism.mechanism === 'ntlm');
    const mic = sends ? mechanism.sign(this.#list) : null;
    if (mic) this.#micSent = true;
    if (completed && this.#micSent && this.#micChecked) mechanism.negotiationSigned();
    if (completed) return { token: null, done: true };
    if (!inner && !mic) throw new SpnegoError('spnego.out-of-order', 'the server waits for more than there is');
    return { token: encodeNegTokenResp({ state: negState.incomplete, token: inner, mic }), done: false };
  }

  protected refusal(inner: Uint8Array | undefined): Uint8Array | undefined {
    return inner;
  }

  protected discard(): void {
    for (const offer of this.#offers) offer.close();
  }
}

/** The client's side of a logon. The first step takes null. */
export function initiateSecurity(options: InitiatorOptions): SecurityContext {
  if (options.credentials.length === 0) throw new RangeError('no credentials are given');
  return new InitiatorContext(options);
}
