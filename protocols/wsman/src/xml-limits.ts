/** Bounds on XML that somebody else wrote. */
export interface XmlLimits {
  /** Bytes as received. */
  readonly bytes: number;
  /** Elements within each other. */
  readonly depth: number;
  /** Attributes and namespace declarations of one element. */
  readonly attributes: number;
  /** Elements and stretches of text. */
  readonly nodes: number;
}

/** Enough for every envelope that WinRM's clients send by default. */
export const xmlLimits: XmlLimits = { bytes: 8 * 1024 * 1024, depth: 64, attributes: 64, nodes: 200_000 };
