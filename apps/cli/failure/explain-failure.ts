import { ProblemError } from '@atelier/api';
import { AtelierError, errorKind } from '@atelier/domain/errors';
import { CliFailure, type ExitCode, exitCodes, type FailureText } from './cli-failure.ts';

function exitCodeOf(status: number): ExitCode {
  if (status === 404) return exitCodes.notFound;
  return status === 401 || status === 403 ? exitCodes.notAllowed : exitCodes.failure;
}

/** The words and the exit code for anything that a command may throw. A defect keeps its stack trace as detail. */
export function explainFailure(error: unknown): { readonly text: FailureText; readonly exitCode: ExitCode } {
  if (error instanceof CliFailure) return error;
  if (error instanceof ProblemError) return { text: error.problem, exitCode: exitCodeOf(error.problem.status) };
  if (error instanceof AtelierError) {
    const kind = errorKind(error.code);
    return {
      text: {
        title: kind.title,
        detail: error.message,
        cause: kind.cause,
        fix: kind.fix,
        extra: error.extra,
      },
      exitCode: exitCodeOf(kind.status),
    };
  }
  if (error instanceof Error && error.name === 'AbortError')
    return { text: { title: 'interrupted' }, exitCode: exitCodes.interrupted };
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { text: { title: 'an error that was not expected', detail, fix: 'please report it' }, exitCode: 1 };
}
