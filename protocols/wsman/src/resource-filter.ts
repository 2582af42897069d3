import type { XmlElement } from './xml-element.ts';

/** A filter of Enumerate or Subscribe, of either namespace. */
export interface RequestFilter {
  /** XPath 1.0 when the client names none. */
  readonly dialect: string;
  /** Text of its content. */
  readonly text: string;
  /** The filter itself, for dialects that are XML. */
  readonly element: XmlElement;
}
