import { chooseMirror, failed, type MirrorChoice, type MirrorSpeeds, measured } from './mirror-speeds.ts';
import type { RangeSource } from './source.ts';

/** The repository's addresses during one transfer: which to ask next, by what was measured of them. */
export class MirrorRing {
  readonly mirrors: readonly RangeSource[];
  readonly #speeds: MirrorSpeeds;
  readonly #liars = new Set<RangeSource>();
  readonly #trying = new Map<number, number>();

  constructor(mirrors: readonly RangeSource[], speeds: MirrorSpeeds) {
    this.mirrors = mirrors;
    this.#speeds = speeds;
  }

  /** Whom to ask for `bytes`, and for how many of them at most. Those that lied are asked only when nobody else is left. */
  choose(bytes: number): MirrorChoice & { readonly source: RangeSource } {
    const honest = this.mirrors.filter((one) => !this.#liars.has(one));
    const among = honest.length > 0 ? honest : this.mirrors;
    const trying = new Set(
      among.flatMap((one, i) => ((this.#trying.get(this.mirrors.indexOf(one)) ?? 0) > 0 ? [i] : [])),
    );
    const speeds = among.map(({ name }) => this.#speeds.get(name));
    const { mirror, most } = chooseMirror(speeds, performance.now(), bytes, trying);
    const source = among[mirror] as RangeSource;
    return { mirror: this.mirrors.indexOf(source), most, source };
  }

  /** Marks the beginning of a request, so that two trials do not run at once. Gives the call that ends it. */
  begin({ mirror }: MirrorChoice): () => void {
    this.#trying.set(mirror, (this.#trying.get(mirror) ?? 0) + 1);
    return () => void this.#trying.set(mirror, (this.#trying.get(mirror) ?? 1) - 1);
  }

  served({ name }: RangeSource, sample: Parameters<typeof measured>[2]): void {
    this.#speeds.set(name, measured(this.#speeds.get(name), performance.now(), sample));
  }

  failed({ name }: RangeSource): void {
    this.#speeds.set(name, failed(this.#speeds.get(name), performance.now()));
  }

  /** It gave something that is not what was signed. Gives whether another one is left that did not. */
  lied(source: RangeSource): boolean {
    this.#liars.add(source);
    return this.mirrors.some((one) => !this.#liars.has(one));
  }

  close(): void {
    for (const mirror of this.mirrors) mirror.close();
  }
}
