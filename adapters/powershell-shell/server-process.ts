import { finished } from 'node:stream/promises';
import type { Supervised } from '@atelier/adapters/command-shell';
import { fault } from '@atelier/wsman';
import { lineReader } from './line-reader.ts';
import { type Packet, type PacketKind, readPacket } from './packet.ts';

/** Longest line that PowerShell may send: its own fragments are 32 KiB. */
const maxLine = 4 * 1024 * 1024;
/** Output that waits for the client; more stays in the pipe and holds PowerShell back. */
const maxQueued = 1024 * 1024;
/** Lines that are no packets, which a program may print past PowerShell. */
const maxGarbage = 64;

/** Who takes the output of one pipeline, or of the session. */
export interface PacketTaker {
  take(data: Buffer): void;
  /** Nothing more will come. */
  lost(reason: string): void;
}

type Ack = Extract<PacketKind, `${string}Ack`>;

/** A PowerShell in server mode: sends lines, waits for their acknowledgements, and hands output to whom it belongs. */
export class ServerProcess {
  readonly #program: Supervised;
  readonly #takers = new Map<string, PacketTaker>();
  readonly #acks = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();
  #queued = 0;
  #garbage = 0;
  #lost: string | null = null;
  #complaint = '';

  constructor(program: Supervised) {
    this.#program = program;
    const read = lineReader(maxLine, (line) => this.#line(line));
    program.stdout.on('data', (chunk: Buffer) => {
      if (this.#lost !== null) return;
      try {
        read(chunk);
      } catch (error) {
        this.lose(`PowerShell broke its protocol: ${(error as Error).message}`);
      }
    });
    program.stderr.on('data', (chunk: Buffer) => {
      this.#complaint = (this.#complaint + chunk.toString('utf8')).slice(-500);
    });
    // What it said last may still be in the pipe.
    const said = finished(program.stdout).catch(() => {});
    void Promise.all([program.exited, said]).then(([code]) =>
      this.lose(`PowerShell ended with the code ${code}. ${this.#complaint}`.trim()),
    );
  }

  get processId(): number {
    return this.#program.pid;
  }

  get lost(): string | null {
    return this.#lost;
  }

  join(id: string, taker: PacketTaker): void {
    this.#takers.set(id, taker);
  }

  leave(id: string): void {
    this.#takers.delete(id);
  }

  /** Output came to (positive) or went from (negative) a taker. */
  queued(bytes: number): void {
    this.#queued += bytes;
    if (this.#queued > maxQueued) this.#program.stdout.pause();
    else this.#program.stdout.resume();
  }

  /** Sends a line and waits for its acknowledgement. One of a kind for an id at a time. Throws when PowerShell is no more. */
  async request(line: string, ack: Ack, id: string): Promise<void> {
    if (this.#lost !== null) throw fault('commandTerminated', { reason: this.#lost });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const key = `${ack} ${id}`;
    this.#acks.set(key, { resolve, reject });
    this.#program.stdin.write(line);
    try {
      await promise;
    } finally {
      this.#acks.delete(key);
    }
  }

  /** Gives PowerShell up: everybody who waits hears why, and its processes are killed. */
  lose(reason: string): void {
    if (this.#lost !== null) return;
    this.#lost = reason;
    for (const one of this.#acks.values()) one.reject(fault('commandTerminated', { reason }));
    for (const one of this.#takers.values()) one.lost(reason);
    void this.#program.kill();
  }

  async kill(): Promise<void> {
    this.lose('the shell was closed');
    await this.#program.kill();
  }

  #line(line: string): void {
    if (line === '') return;
    const packet = readPacket(line);
    if (packet) this.#packet(packet);
    else if (++this.#garbage > maxGarbage) throw new Error('it sends lines that are no packets');
  }

  #packet({ kind, id, data }: Packet): void {
    if (kind === 'Data') this.#takers.get(id)?.take(data);
    else this.#acks.get(`${kind} ${id}`)?.resolve();
  }
}
