export type Severity = 'info' | 'warning' | 'error';

/** One kind of event: the id never changes; the texts are what a person reads. */
export interface EventKind {
  readonly code: number;
  /** `<category>.<what>`, for programs. */
  readonly name: string;
  readonly severity: Severity;
  readonly category: string;
  readonly title: string;
  readonly cause: string;
  readonly fix: string;
}
