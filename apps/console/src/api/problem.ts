import { type Problem, ProblemError } from '@atelier/api';

/** Any thrown value as a problem that can be shown: what the server said, or why it could not be asked. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  const offline = error instanceof TypeError;
  return {
    type: 'about:blank',
    title: offline ? 'the server cannot be reached' : 'something went wrong in the console',
    status: 0,
    code: offline ? 'console.offline' : 'console.failed',
    detail: error instanceof Error ? error.message : String(error),
    cause: offline ? 'the network or the server is down' : 'a defect in the console',
    fix: offline ? 'check the network; the page tries again by itself' : 'reload the page, and report it if it repeats',
    correlationId: '',
  };
}

/** Messages for single form fields, when the server named some (`extra.fields`: where in the body, and why). */
export function fieldErrors(problem: Problem): Record<string, string> {
  const fields = Array.isArray(problem.extra?.fields) ? (problem.extra.fields as unknown[]) : [];
  return Object.fromEntries(
    fields.flatMap((one) => {
      const { field, message } = (one ?? {}) as { field?: unknown; message?: unknown };
      return typeof field === 'string' ? [[field.replace(/^body\./, ''), String(message ?? '')]] : [];
    }),
  );
}
