import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';

const patienceMs = 5000;
/** What comes at all comes within some turns of the event loop; then it is looked for now and then only. */
const usualTurns = 100;
const pauseMs = 5;

/** TLS whose records travel by other means, such as the headers and bodies of HTTP (MS-WSMV's CredSSP). Either side; one call at a time. */
export class TlsTunnel {
  readonly #tls: TLSSocket;
  readonly #wire: Duplex;
  readonly #out: Buffer[] = [];
  readonly #plain: Buffer[] = [];
  #failure: Error | null = null;
  #secure = false;

  /** `open` makes the TLS socket over the stream it is given. */
  constructor(open: (wire: Duplex) => TLSSocket) {
    this.#wire = new Duplex({
      read() {},
      write: (chunk: Buffer, _encoding, done) => {
        this.#out.push(chunk);
        done();
      },
    });
    this.#tls = open(this.#wire);
    this.#tls.on('secure', () => {
      this.#secure = true;
    });
    this.#tls.on('data', (chunk: Buffer) => this.#plain.push(chunk));
    for (const one of [this.#tls, this.#wire])
      one.on('error', (error: Error) => {
        this.#failure ??= error;
      });
  }

  /** Takes bytes that came: gives what they held, and what TLS itself has to answer. `expected` plain bytes are waited for. */
  async feed(bytes: Uint8Array, expected = 0): Promise<{ readonly plain: Buffer; readonly wire: Buffer }> {
    const before = this.#secure;
    if (bytes.length > 0) this.#wire.push(Buffer.from(bytes));
    // The last message of a handshake leaves nothing to say and nothing to read.
    const anything = () => this.#plain.length + this.#out.length > 0 || this.#secure !== before;
    await this.#settle(() => (expected > 0 ? length(this.#plain) >= expected : anything()));
    return { plain: take(this.#plain), wire: take(this.#out) };
  }

  /** The records that carry `plain`. */
  async wrap(plain: Uint8Array): Promise<Buffer> {
    if (!this.#tls.write(Buffer.from(plain))) await Promise.race([once(this.#tls, 'drain'), sleep(patienceMs)]);
    await this.#settle(() => this.#out.length > 0);
    return take(this.#out);
  }

  /** The certificate that the other side showed, in DER; null before it did. */
  get peerCertificate(): Uint8Array | null {
    return this.#tls.getPeerX509Certificate()?.raw ?? null;
  }

  close(): void {
    this.#tls.destroy();
    this.#wire.destroy();
  }

  /** Waits until there is what was wanted and nothing more comes: TLS works in turns of the event loop. */
  async #settle(there: () => boolean): Promise<void> {
    const until = Date.now() + patienceMs;
    for (let quiet = 0, before = -1, turns = 0; quiet < 4; turns++) {
      if (this.#failure) throw new Error('the tls inside of the logon failed', { cause: this.#failure });
      // Whoever sends half a record must not keep us busy until our patience ends.
      await (turns < usualTurns ? turn() : sleep(pauseMs));
      const now = length(this.#plain) + length(this.#out);
      quiet = there() && now === before ? quiet + 1 : 0;
      before = now;
      if (Date.now() > until) throw new Error('the tls inside of the logon gives nothing');
    }
  }
}

const length = (chunks: readonly Buffer[]): number => chunks.reduce((sum, one) => sum + one.length, 0);
const take = (chunks: Buffer[]): Buffer => Buffer.concat(chunks.splice(0));
