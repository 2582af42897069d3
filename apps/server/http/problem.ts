import type { Problem } from '@atelier/api';
import { AtelierError, errorKind } from '@atelier/domain/errors';
import { ZodError } from 'zod';

/** An error as it goes over the wire, and whether it is one of ours to look into. */
export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly problem: Problem;
  /** True when nobody expected it: it belongs into the log with its stack. */
  readonly unexpected: boolean;
}

/** What validation found, as fields with messages: never the values themselves, which may be secrets. */
export function invalid(error: ZodError, where: string): AtelierError {
  const fields = error.issues.slice(0, 50).map((issue) => ({
    field: [where, ...issue.path.map(String)].join('.'),
    message: issue.message,
  }));
  const first = fields[0];
  return new AtelierError('request.invalid', first ? `${first.field}: ${first.message}` : 'the request is not valid', {
    extra: { fields },
  });
}

/** Whether the database is away, by PostgreSQL's or the system's code, or by the driver's words, which has none of its own. */
const isAway = (code: string, message: string): boolean =>
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|57P0[123]|53300|08\w{3})$/.test(code) ||
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/.test(
    message,
  );

/** Errors of the HTTP layer and the database as errors of the table; everything else is `server.internal`. */
function known(error: unknown): AtelierError {
  if (error instanceof AtelierError) return error;
  if (error instanceof ZodError) return invalid(error, 'value');
  const {
    code = '',
    statusCode,
    message = '',
  } = (error ?? {}) as { code?: string; statusCode?: number; message?: string };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new AtelierError('request.too-large', 'the body is too large');
  if (code === 'FST_ERR_HANDLER_TIMEOUT')
    return new AtelierError('server.not-ready', 'the answer took too long', { cause: error });
  if (!statusCode && isAway(code, message))
    return new AtelierError('server.not-ready', 'the database cannot be reached', { cause: error });
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new AtelierError('request.invalid', message, { cause: error });
  return new AtelierError('server.internal', 'something unexpected happened; it is in the server’s log', {
    cause: error,
  });
}

/** Any error as the answer that the caller gets (RFC 9457). */
export function toProblem(error: unknown, correlationId: string): ProblemAnswer {
  const ours = known(error);
  const kind = errorKind(ours.code);
  const unexpected = kind.status >= 500 && kind.status !== 503;
  const retryAfter = ours.extra?.retryAfterSeconds;
  return {
    status: kind.status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
      ...(typeof retryAfter === 'number' ? { 'retry-after': String(Math.ceil(retryAfter)) } : {}),
      ...(kind.status === 401 ? { 'www-authenticate': 'Bearer realm="atelier"' } : {}),
    },
    problem: {
      type: `/errors/${kind.code}`,
      title: kind.title,
      status: kind.status,
      code: kind.code,
      detail: kind.code === ours.code ? ours.message : 'something unexpected happened; it is in the server’s log',
      cause: kind.cause,
      fix: kind.fix,
      correlationId,
      ...(ours.extra ? { extra: { ...ours.extra } } : {}),
    },
    unexpected,
  };
}
