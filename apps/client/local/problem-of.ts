import { randomUUID } from 'node:crypto';
import type { Problem } from '@atelier/api';
import { AtelierError, errorKind } from '@atelier/domain/errors';
import { ZodError } from 'zod';

/** An error as RFC 9457 problem details, with code, cause and fix from the error tables. */
export function problemOf(error: unknown, correlationId: string = randomUUID()): Problem {
  const [code, detail, extra] = partsOf(error);
  const { status, title, cause, fix } = errorKind(code);
  return { type: `urn:atelier:error:${code}`, title, status, code, detail, cause, fix, correlationId, extra };
}

function partsOf(error: unknown): [code: string, detail: string, extra?: Record<string, unknown>] {
  if (error instanceof AtelierError) return [error.code, error.message, error.extra && { ...error.extra }];
  if (error instanceof ZodError) {
    const fields = error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    return ['request.invalid', fields.map((one) => `${one.path}: ${one.message}`).join('; '), { fields }];
  }
  // Its words may hold anything: they are in the log.
  return ['server.internal', 'an unexpected error; the client’s log has it'];
}
