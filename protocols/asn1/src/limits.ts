/** How much a reader takes in. */
export interface DerLimits {
  /** Longest input in bytes. */
  readonly bytes: number;
  /** Deepest nesting. */
  readonly depth: number;
  /** Most elements in one SEQUENCE OF or SET OF. */
  readonly elements: number;
}

/** Enough for every Kerberos, SPNEGO and CredSSP message: 1 MiB, 32 levels, 4,096 elements. */
export const derLimits: DerLimits = { bytes: 2 ** 20, depth: 32, elements: 4096 };
