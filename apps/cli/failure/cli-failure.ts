/** How the program ends, for scripts. */
export const exitCodes = { ok: 0, failure: 1, usage: 2, notFound: 3, notAllowed: 4, interrupted: 130 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What a person reads when a command fails. `cause` and `fix` are whole sentences without a full stop. */
export interface FailureText {
  readonly title: string;
  readonly detail?: string;
  readonly cause?: string;
  readonly fix?: string;
  readonly correlationId?: string;
  /** Machine-readable extras, such as the fields that failed validation. */
  readonly extra?: unknown;
}

/** A failure that is no defect: said to the person in words, without a stack trace. */
export class CliFailure extends Error {
  readonly text: FailureText;
  readonly exitCode: ExitCode;

  constructor(text: FailureText, exitCode: ExitCode = exitCodes.failure, options: { cause?: unknown } = {}) {
    super(text.detail ?? text.title, options);
    this.name = 'CliFailure';
    this.text = text;
    this.exitCode = exitCode;
  }
}

/** The command line itself is wrong. */
export const usageFailure = (detail: string, fix?: string): CliFailure =>
  new CliFailure({ title: 'the command is not complete', detail, fix }, exitCodes.usage);

export const notFound = (what: string, name: string, fix: string): CliFailure =>
  new CliFailure({ title: `no such ${what}`, detail: `there is no ${what} "${name}"`, fix }, exitCodes.notFound);
