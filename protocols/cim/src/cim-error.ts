/** What is wrong with CIM data that somebody sent. */
export type CimErrorKind =
  | 'schema'
  | 'unknown-class'
  | 'unknown-property'
  | 'unknown-parameter'
  | 'missing-parameter'
  | 'wrong-class'
  | 'type'
  | 'nesting'
  | 'query';

/** Foreign CIM data or a query that cannot be understood. `position` is the character of a query. */
export class CimError extends Error {
  override readonly name = 'CimError';
  readonly kind: CimErrorKind;
  readonly position: number | null;

  constructor(kind: CimErrorKind, message: string, position: number | null = null, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.position = position;
  }
}

export const isCimError = (error: unknown): error is CimError => error instanceof CimError;
