import { encodedLength, type TextEncoding } from './decode-text.ts';
import { endpointReference } from './endpoint-reference.ts';
import { ns, prefixes } from './namespaces.ts';
import type { EnumerationMode } from './request.ts';
import type { ResourceReference } from './resource-reference.ts';
import type { PackedItems } from './response.ts';
import { writeXml } from './write-xml.ts';
import type { XmlContent } from './xml-element.ts';

/** How much goes into one answer. */
export interface PackLimits {
  readonly maxElements: number;
  /** Of all items together (`wsen:MaxCharacters`), null for no bound. */
  readonly maxCharacters: number | null;
  /** Bytes of the whole envelope. */
  readonly maxEnvelopeSize: number;
  readonly encoding: TextEncoding;
  readonly mode: EnumerationMode;
}

/** `full`: it did not fit any more and must be offered to the next answer. `too-large`: it does not fit an answer of its own. */
export type Offer = 'taken' | 'full' | 'too-large';

/** Bytes, in UTF-8, that the envelope around the items takes at most: headers, context, count, and an echoed message id. */
const around = 4096;

const scope: ReadonlyMap<string, string> = new Map([
  [ns.xml, 'xml'],
  ...[ns.soap, ns.addressing, ns.wsman, ns.microsoft, ns.enumeration].map((uri) => [uri, prefixes[uri]!] as const),
]);

/** Gathers items of one Enumerate or Pull response, one after the other, until a bound is met. */
export class ItemPacker {
  readonly #limits: PackLimits;
  readonly #pieces: string[] = [];
  readonly #budget: number;
  #bytes = 0;
  #characters = 0;

  constructor(limits: PackLimits) {
    this.#limits = limits;
    this.#budget = limits.maxEnvelopeSize - around * (limits.encoding === 'utf-16' ? 2 : 1);
  }

  get count(): number {
    return this.#pieces.length;
  }

  /** Whether MaxElements is reached: there is no need to ask for another item. */
  get complete(): boolean {
    return this.#pieces.length >= this.#limits.maxElements;
  }

  #written(item: XmlContent | null, reference: ResourceReference | undefined): string {
    const { mode } = this.#limits;
    const object = item === null || mode === 'epr' ? '' : writeXml(item, scope);
    if (mode === 'object') return object;
    if (!reference) throw new Error('an item of an enumeration has no reference, but references are wanted');
    const epr = writeXml(endpointReference(reference), scope);
    return mode === 'epr' ? epr : `<w:Item>${object}${epr}</w:Item>`;
  }

  /** Takes an item if it fits. The reference is needed in the modes `epr` and `object-and-epr`. */
  offer(item: XmlContent | null, reference?: ResourceReference): Offer {
    if (this.complete) return 'full';
    const text = this.#written(item, reference);
    const bytes = encodedLength(text, this.#limits.encoding);
    const fits =
      this.#bytes + bytes <= this.#budget &&
      (this.#limits.maxCharacters === null || this.#characters + text.length <= this.#limits.maxCharacters);
    if (!fits) return this.#pieces.length === 0 ? 'too-large' : 'full';
    this.#pieces.push(text);
    this.#bytes += bytes;
    this.#characters += text.length;
    return 'taken';
  }

  finish(): PackedItems {
    return { xml: this.#pieces.join(''), count: this.#pieces.length };
  }
}
