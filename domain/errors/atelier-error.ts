/** What every error that a person may meet carries: a stable code, why it happened and what to do about it. */
export interface ErrorKind {
  readonly code: string;
  /** HTTP status that the API answers with. */
  readonly status: number;
  /** One line: what went wrong. */
  readonly title: string;
  readonly cause: string;
  readonly fix: string;
}

/**
 * An error with a stable code from one of the error tables.
 * `detail` is the one sentence about this very occurrence; cause and fix come from the table by `code`.
 */
export class AtelierError extends Error {
  readonly code: string;
  /** Machine-readable extras, e.g. the fields that failed validation. Never a secret. */
  readonly extra: Readonly<Record<string, unknown>> | undefined;

  constructor(code: string, detail: string, options: { cause?: unknown; extra?: Record<string, unknown> } = {}) {
    super(detail, { cause: options.cause });
    this.name = 'AtelierError';
    this.code = code;
    this.extra = options.extra;
  }
}
