/** An attribute; `ns` is '' for one without a prefix. Namespace declarations are no attributes. */
export interface XmlAttribute {
  readonly ns: string;
  readonly name: string;
  readonly value: string;
}

/** An element with its namespace resolved. `children` keeps text and elements in document order. */
export interface XmlElement {
  /** Namespace URI, '' for none. */
  readonly ns: string;
  /** Local name. */
  readonly name: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly (XmlElement | string)[];
}

/** XML that is written already: one element that declares every prefix it uses. What many instances are sent as, for speed. */
export interface RawXml {
  readonly raw: string;
}

/** What may stand in a body. */
export type XmlContent = XmlElement | RawXml;
