import { equalBytes } from '../crypto/equal-bytes.ts';
import { hmac, join, md5 } from '../crypto/hashes.ts';
import { Rc4 } from '../crypto/rc4.ts';
import type { SealedMessage } from '../security-context.ts';
import { SpnegoError } from '../spnego-error.ts';
import { flag, has } from './flags.ts';

const clientSign = Buffer.from('session key to client-to-server signing key magic constant\0', 'latin1');
const serverSign = Buffer.from('session key to server-to-client signing key magic constant\0', 'latin1');
const clientSeal = Buffer.from('session key to client-to-server sealing key magic constant\0', 'latin1');
const serverSeal = Buffer.from('session key to server-to-client sealing key magic constant\0', 'latin1');

/** One direction: its keys, its key stream and its count of messages. */
class Direction {
  readonly #signKey: Uint8Array;
  readonly #sealKey: Uint8Array;
  readonly #encryptSignature: boolean;
  #stream: Rc4;
  #sequence = 0;

  constructor(signKey: Uint8Array, sealKey: Uint8Array, encryptSignature: boolean) {
    this.#signKey = signKey;
    this.#sealKey = sealKey;
    this.#encryptSignature = encryptSignature;
    this.#stream = new Rc4(sealKey);
  }

  crypt(bytes: Uint8Array): Uint8Array {
    return this.#stream.apply(bytes);
  }

  /** The next message's signature (MS-NLMP §3.4.4.2), always after its content went through `crypt`. */
  signature(plain: Uint8Array): Uint8Array {
    const signature = new Uint8Array(16);
    const view = new DataView(signature.buffer);
    view.setUint32(0, 1, true);
    view.setUint32(12, this.#sequence, true);
    this.#sequence = (this.#sequence + 1) >>> 0;
    const checksum = hmac('md5', this.#signKey, [signature.subarray(12), plain], 8);
    signature.set(this.#encryptSignature ? this.#stream.apply(checksum) : checksum, 4);
    return signature;
  }

  reset(): void {
    this.#stream.close();
    this.#stream = new Rc4(this.#sealKey);
  }

  close(): void {
    this.#stream.close();
    this.#signKey.fill(0);
    this.#sealKey.fill(0);
  }
}

/** Signing and sealing with extended session security (MS-NLMP §3.4), after a logon is complete. */
export class NtlmSession {
  readonly #out: Direction;
  readonly #in: Direction;

  /** `key` is the exported session key, `flags` are those that both sides agreed on. */
  constructor(key: Uint8Array, flags: number, role: 'acceptor' | 'initiator') {
    const length = has(flags, flag.key128) ? 16 : has(flags, flag.key56) ? 7 : 5;
    const direction = (sign: Uint8Array, seal: Uint8Array) =>
      new Direction(md5(key, sign), md5(key.subarray(0, length), seal), has(flags, flag.keyExchange));
    const client = direction(clientSign, clientSeal);
    const server = direction(serverSign, serverSeal);
    this.#out = role === 'acceptor' ? server : client;
    this.#in = role === 'acceptor' ? client : server;
  }

  seal(plain: Uint8Array): SealedMessage {
    const data = this.#out.crypt(plain);
    return { header: this.#out.signature(plain), data };
  }

  open({ header, data }: SealedMessage): Uint8Array {
    const plain = this.#in.crypt(data);
    this.#check(plain, header);
    return plain;
  }

  sign(message: Uint8Array): Uint8Array {
    return this.#out.signature(message);
  }

  verify(message: Uint8Array, signature: Uint8Array): void {
    this.#check(message, signature);
  }

  #check(plain: Uint8Array, signature: Uint8Array): void {
    if (!equalBytes(this.#in.signature(plain), signature))
      throw new SpnegoError('spnego.sealed-message', 'the signature of an ntlm message is wrong');
  }

  wrap(plain: Uint8Array): Uint8Array {
    const { header, data } = this.seal(plain);
    return join(header, data);
  }

  unwrap(token: Uint8Array): Uint8Array {
    return this.open({ header: token.subarray(0, 16), data: token.subarray(16) });
  }

  /** After the signatures of SPNEGO's mechanism list the key streams begin anew; the counts go on (MS-SPNG §3.3.5.1). */
  reset(): void {
    this.#out.reset();
    this.#in.reset();
  }

  close(): void {
    this.#out.close();
    this.#in.close();
  }
}
