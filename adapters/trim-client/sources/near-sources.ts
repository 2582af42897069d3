import type { RangeSource } from './source.ts';

/** After so many failures, or misses one after another, a source is of no use for this transfer. */
const mostFailures = 2;
const mostMisses = 6;

type Standing = { readonly source: RangeSource; failures: number; misses: number };

/** Sources that are nearer than the repository: media first, then peers, as long as they are of use. */
export class NearSources {
  readonly #standing: Standing[];
  #turn = 0;

  constructor(sources: readonly RangeSource[]) {
    this.#standing = sources.map((source) => ({ source, failures: 0, misses: 0 }));
  }

  /** Whom to ask next, in order; peers take turns. */
  order(): readonly RangeSource[] {
    const good = this.#standing.filter(({ failures, misses }) => failures < mostFailures && misses < mostMisses);
    const of = (kind: RangeSource['kind']) =>
      good.filter(({ source }) => source.kind === kind).map(({ source }) => source);
    const peers = of('peer');
    const turn = peers.length > 0 ? this.#turn++ % peers.length : 0;
    return [...of('media'), ...peers.slice(turn), ...peers.slice(0, turn)];
  }

  served(source: RangeSource): void {
    const one = this.#find(source);
    // what was under way when it was banned does not wash it clean
    if (one && one.failures !== Number.POSITIVE_INFINITY) [one.failures, one.misses] = [0, 0];
  }

  /** It does not have what was asked for. */
  missed(source: RangeSource): void {
    const one = this.#find(source);
    if (one) one.misses++;
  }

  /** It did not answer, or broke off. */
  failed(source: RangeSource): void {
    const one = this.#find(source);
    if (one) one.failures++;
  }

  /** It is not asked any more. Gives whether it was until now. */
  ban(source: RangeSource): boolean {
    const one = this.#find(source);
    if (!one || one.failures === Number.POSITIVE_INFINITY) return false;
    one.failures = Number.POSITIVE_INFINITY;
    return true;
  }

  close(): void {
    for (const { source } of this.#standing) source.close();
  }

  #find(source: RangeSource): Standing | undefined {
    return this.#standing.find((one) => one.source === source);
  }
}
