import { equalBytes } from '../crypto/equal-bytes.ts';
import { join } from '../crypto/hashes.ts';
import type { SealedMessage } from '../security-context.ts';
import { SpnegoError } from '../spnego-error.ts';
import type { EncryptionKey } from './encrypted-data.ts';
import { type EncryptionType, encryptionType, type UsageKey } from './encryption-type.ts';
import { usage } from './usage-constant.ts';

/** What a session is made of, once the AP exchange is over. */
export interface SessionSetup {
  readonly role: 'acceptor' | 'initiator';
  readonly key: EncryptionKey;
  /** The key is one that the acceptor chose. */
  readonly acceptorSubkey: boolean;
  readonly sendSequence: number;
  /** The peer's first number; null: it asked for no order, so they begin where it likes, and go on from there. */
  readonly receiveSequence: number | null;
  readonly dceStyle: boolean;
  readonly random: (length: number) => Uint8Array;
}

const flagAcceptor = 1;
const flagSealed = 2;
const flagSubkey = 4;
const wrong = (why: string) => new SpnegoError('spnego.sealed-message', `a kerberos message ${why}`);

/** Messages after the logon (RFC 4121 §4.2). They must arrive in the order in which they were sent. */
export class KerberosSession {
  readonly #setup: SessionSetup;
  readonly #type: EncryptionType;
  readonly #keys: Readonly<Record<'sealOut' | 'sealIn' | 'signOut' | 'signIn', UsageKey>>;
  readonly #trailer: number;
  #send: bigint;
  #receive: bigint | null;

  constructor(setup: SessionSetup) {
    this.#setup = setup;
    this.#type = encryptionType(setup.key.encryptionType)!;
    const acceptor = setup.role === 'acceptor';
    const use = (number: number) => this.#type.use(setup.key.key, number);
    this.#keys = {
      sealOut: use(acceptor ? usage.acceptorSeal : usage.initiatorSeal),
      sealIn: use(acceptor ? usage.initiatorSeal : usage.acceptorSeal),
      signOut: use(acceptor ? usage.acceptorSign : usage.initiatorSign),
      signIn: use(acceptor ? usage.initiatorSign : usage.acceptorSign),
    };
    this.#trailer = 16 + this.#type.checksumBytes;
    this.#send = BigInt(setup.sendSequence);
    this.#receive = setup.receiveSequence === null ? null : BigInt(setup.receiveSequence);
  }

  #header(id: number, sealed: boolean): Uint8Array {
    const header = new Uint8Array(16).fill(0xff, 3, 8);
    const own = this.#setup.role === 'acceptor' ? flagAcceptor : 0;
    header[0] = id;
    header[1] = 4;
    header[2] = own | (sealed ? flagSealed : 0) | (this.#setup.acceptorSubkey ? flagSubkey : 0);
    new DataView(header.buffer).setBigUint64(8, this.#send);
    this.#send = BigInt.asUintN(64, this.#send + 1n);
    return header;
  }

  #checkHeader(header: Uint8Array, id: number, sealed: boolean): void {
    if (header.length < 16 || header[0] !== id || header[1] !== 4 || header[3] !== 0xff) throw wrong('is malformed');
    const peer = this.#setup.role === 'acceptor' ? 0 : flagAcceptor;
    const due = peer | (sealed ? flagSealed : 0) | (this.#setup.acceptorSubkey ? flagSubkey : 0);
    if (header[2] !== due) throw wrong(`has the flags ${header[2]}, not ${due}`);
    const number = new DataView(header.buffer, header.byteOffset).getBigUint64(8);
    if (number !== (this.#receive ?? number)) throw wrong('is not the next one');
    this.#receive = BigInt.asUintN(64, number + 1n);
  }

  /**
   * Wraps so that all that is not data stands in front (RRC is the length of what would stand behind, EC is 0): the form of
   * SSPI and of GSS_WrapIOV, which every receiver understands.
   */
  seal(plain: Uint8Array): SealedMessage {
    const header = this.#header(5, true);
    header.fill(0, 4, 8);
    const cipher = this.#keys.sealOut.encrypt(join(plain, header), this.#setup.random(16));
    header[7] = this.#trailer;
    const split = cipher.length - this.#trailer;
    // What was encrypted is confounder, data, header, code; rotated right by the length of the last two.
    const front = join(header, cipher.subarray(split), cipher.subarray(0, 16));
    return { header: front, data: cipher.slice(16, split) };
  }

  open({ header, data }: SealedMessage): Uint8Array {
    return this.unwrap(join(header, data));
  }

  wrap(plain: Uint8Array): Uint8Array {
    const { header, data } = this.seal(plain);
    return join(header, data);
  }

  unwrap(token: Uint8Array): Uint8Array {
    this.#checkHeader(token, 5, true);
    const view = new DataView(token.buffer, token.byteOffset, token.length);
    const extra = view.getUint16(4);
    const body = token.subarray(16);
    if (body.length < 16 + this.#trailer) throw wrong('is too short');
    // With DCE style the rotation does not count the extra octets (as Windows does it, against the letter of the RFC).
    const rotation = (view.getUint16(6) + (this.#setup.dceStyle ? extra : 0)) % body.length;
    const content = this.#keys.sealIn.decrypt(join(body.subarray(rotation), body.subarray(0, rotation)));
    if (!content || content.length < 16 + extra) throw wrong('has a wrong integrity code');
    const inner = content.slice(content.length - 16);
    const outer = token.slice(0, 16);
    // The rotation happens after encryption, so the copy inside does not know it.
    inner.fill(0, 6, 8);
    outer.fill(0, 6, 8);
    if (!equalBytes(inner, outer)) throw wrong('has two different headers');
    return content.slice(0, content.length - 16 - extra);
  }

  sign(message: Uint8Array): Uint8Array {
    const header = this.#header(4, false);
    return join(header, this.#keys.signOut.checksum(message, header));
  }

  verify(message: Uint8Array, signature: Uint8Array): void {
    this.#checkHeader(signature, 4, false);
    const header = signature.subarray(0, 16);
    if (!equalBytes(this.#keys.signIn.checksum(message, header), signature.subarray(16)))
      throw wrong('has a wrong signature');
  }

  sessionKey(): Uint8Array {
    return this.#setup.key.key.slice();
  }

  close(): void {
    this.#setup.key.key.fill(0);
  }
}
