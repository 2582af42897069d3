import type { FetchedBySource, FetchProgress, FetchRequest } from './fetch-types.ts';
import type { RepositoryReader } from './repository-reader.ts';

/** Counts bytes by source and reports at most every 100 ms. */
export class ProgressMeter {
  readonly bySource: Record<keyof FetchedBySource, number> = {
    zero: 0,
    interrupted: 0,
    previous: 0,
    host: 0,
    media: 0,
    peer: 0,
    network: 0,
  };
  #phase: FetchProgress['phase'] = 'planning';
  #version: number | undefined;
  #total = 0;
  #wireExpected = 0;
  #last = 0;
  readonly #request: FetchRequest;
  readonly #reader: RepositoryReader;

  constructor(request: FetchRequest, reader: RepositoryReader) {
    this.#request = request;
    this.#reader = reader;
  }

  version(version: number, bytesTotal: number): void {
    this.#version = version;
    this.#total = bytesTotal;
    this.#report(true);
  }

  phase(phase: FetchProgress['phase']): void {
    this.#phase = phase;
    this.#report(true);
  }

  /** What is still to come over the wire, as the plan sees it now. */
  expect(wireBytes: number): void {
    this.#wireExpected = this.#received() + wireBytes;
  }

  add(source: keyof FetchedBySource, bytes: number): void {
    this.bySource[source] += bytes;
    this.#report(false);
  }

  #received(): number {
    const { network, peer, media } = this.#reader.wire;
    return network + peer + media;
  }

  #report(force: boolean): void {
    const now = performance.now();
    if (!this.#request.onProgress || (!force && now - this.#last < 100)) return;
    this.#last = now;
    this.#request.onProgress({
      phase: this.#phase,
      image: this.#request.image,
      version: this.#version,
      bytesTotal: this.#total,
      bytesDone: Object.values(this.bySource).reduce((sum, bytes) => sum + bytes),
      bySource: { ...this.bySource },
      wireBytes: this.#reader.wireBytes,
      wireBytesExpected: Math.max(this.#wireExpected, this.#received()),
      receivedBytes: this.#received(),
      requests: this.#reader.requests,
    });
  }
}
