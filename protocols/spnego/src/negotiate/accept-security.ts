import type { AcceptorOptions } from '../acceptor-options.ts';
import { KerberosAcceptor } from '../kerberos/kerberos-acceptor.ts';
import type { MechanismContext } from '../mechanism-context.ts';
import { isNtlm } from '../ntlm/message-fields.ts';
import { NtlmAcceptor } from '../ntlm/ntlm-acceptor.ts';
import type { Mechanism, SecurityContext } from '../security-context.ts';
import { SpnegoError } from '../spnego-error.ts';
import { type Advance, NegotiatedContext } from './context.ts';
import { mechanismOf, oid } from './mechanism-ids.ts';
import { encodeNegTokenResp, gssMechanism, negState, parseNegTokenInit, parseNegTokenResp } from './neg-token.ts';

/** What SPNEGO remembers between messages. */
interface Negotiation {
  readonly mechanismList: Uint8Array;
  readonly id: string;
  /** The client's favourite was not taken: an attacker may have shortened its list, so the list's signature is due. */
  readonly micDue: boolean;
  /** The id is told once. */
  told: boolean;
  /** Our own signature has been sent; the client's is awaited. */
  signed: boolean;
}

class AcceptorContext extends NegotiatedContext {
  readonly role = 'acceptor';
  readonly #options: AcceptorOptions;
  #negotiation: Negotiation | null = null;

  constructor(options: AcceptorOptions) {
    super();
    this.#options = options;
  }

  #mechanism(kind: Mechanism | null): MechanismContext | null {
    const { ntlm, kerberos } = this.#options;
    if (kind === 'ntlm' && ntlm) return new NtlmAcceptor(this.#options, ntlm);
    if (kind === 'kerberos' && kerberos) return new KerberosAcceptor(this.#options, kerberos);
    return null;
  }

  protected async advance(token: Uint8Array | null): Promise<Advance> {
    if (!token || token.length === 0) throw new SpnegoError('spnego.malformed', 'an authentication token is empty');
    if (!this.framing) return this.#begin(token);
    return this.framing === 'raw' ? this.chosen!.step(token) : this.#goOn(token);
  }

  async #begin(token: Uint8Array): Promise<Advance> {
    const id = isNtlm(token) ? oid.ntlm : token[0] === 0xa0 ? oid.spnego : gssMechanism(token);
    if (!id)
      throw new SpnegoError(
        token[0] === 0xa1 ? 'spnego.out-of-order' : 'spnego.malformed',
        'an authentication does not begin with a token that we know',
      );
    if (id === oid.spnego) return this.#negotiate(token);
    this.framing = 'raw';
    this.chosen = this.#mechanism(mechanismOf(id));
    if (!this.chosen) throw new SpnegoError('spnego.mechanism', `the mechanism ${id} is not offered here`);
    return this.chosen.step(token);
  }

  async #negotiate(token: Uint8Array): Promise<Advance> {
    this.framing = 'spnego';
    const init = parseNegTokenInit(token);
    const first = init.mechanisms[0]!;
    for (const id of init.mechanisms) {
      this.chosen = this.#mechanism(mechanismOf(id));
      if (!this.chosen) continue;
      const favourite = mechanismOf(id) === mechanismOf(first);
      this.#negotiation = { mechanismList: init.mechanismList, id, micDue: !favourite, told: false, signed: false };
      // The token that came is for the client's favourite; another mechanism begins with the next message.
      if (favourite && init.token) return this.#answer(init.token, null);
      this.#negotiation.told = true;
      const state = favourite ? negState.incomplete : negState.requestMic;
      return { token: encodeNegTokenResp({ state, mechanism: id }), done: false };
    }
    throw new SpnegoError('spnego.mechanism', `none of ${init.mechanisms.length} mechanisms is offered here`);
  }

  async #goOn(token: Uint8Array): Promise<Advance> {
    const response = parseNegTokenResp(token);
    if (response.state === negState.reject) throw new SpnegoError('spnego.refused', 'the client broke the logon off');
    if (this.#negotiation!.signed) {
      if (!response.mic) throw new SpnegoError('spnego.mic', 'the client did not sign its list of mechanisms');
      this.chosen!.verify(this.#negotiation!.mechanismList, response.mic);
      return { token: encodeNegTokenResp({ state: negState.completed }), done: true };
    }
    if (!response.token) throw new SpnegoError('spnego.malformed', 'a spnego token carries nothing');
    return this.#answer(response.token, response.mic);
  }

  async #answer(inner: Uint8Array, mic: Uint8Array | null): Promise<Advance> {
    const negotiation = this.#negotiation!;
    const mechanism = this.chosen!;
    const result = await mechanism.step(inner);
    const about = { mechanism: negotiation.told ? null : negotiation.id, token: result.token };
    negotiation.told = true;
    if (!result.done) {
      const state = negotiation.micDue ? negState.requestMic : negState.incomplete;
      return { token: encodeNegTokenResp({ state, ...about }), done: false };
    }
    if (mic) {
      try {
        mechanism.verify(negotiation.mechanismList, mic);
      } catch (cause) {
        throw new SpnegoError('spnego.mic', 'the list of mechanisms was changed on its way', { cause });
      }
      const own = mechanism.sign(negotiation.mechanismList);
      mechanism.negotiationSigned();
      return { token: encodeNegTokenResp({ state: negState.completed, ...about, mic: own }), done: true };
    }
    if (!negotiation.micDue || !mechanism.canSign)
      return { token: encodeNegTokenResp({ state: negState.completed, ...about }), done: true };
    if (!result.token) throw new SpnegoError('spnego.mic', 'the client did not sign its list of mechanisms');
    negotiation.signed = true;
    const own = mechanism.sign(negotiation.mechanismList);
    return { token: encodeNegTokenResp({ state: negState.incomplete, ...about, mic: own }), done: false };
  }

  protected refusal(inner: Uint8Array | undefined): Uint8Array | undefined {
    return this.framing === 'spnego' ? encodeNegTokenResp({ state: negState.reject, token: inner ?? null }) : inner;
  }

  protected discard(): void {
    this.chosen?.close();
  }
}

/**
 * The server's side of a logon: takes NTLM or Kerberos, alone or in SPNEGO, as the client's first token shows. One for each
 * connection. A refusal (`step` throws) carries a `reply` where the protocol has one.
 */
export function acceptSecurity(options: AcceptorOptions): SecurityContext {
  if (!options.ntlm && !options.kerberos) throw new RangeError('no authentication mechanism is configured');
  return new AcceptorContext(options);
}
