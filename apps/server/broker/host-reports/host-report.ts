import { AtelierError } from '@atelier/domain/errors';
import { z } from 'zod';

const name = z.string().min(1).max(256);
const change = z.object({ what: z.enum(['log-on', 'log-off']), user: name, hostSessionId: name });
const session = z.object({ user: name, hostSessionId: name, state: z.enum(['active', 'disconnected']) });

/** Sessions of one host at most. */
export const mostSessions = 2000;

const hostReportSchema = z.object({
  changes: z.array(change).max(500),
  sessions: z.array(session).max(mostSessions).nullable(),
});
/** What a host tells of its desktop sessions: changes, oldest first; all that there are, or null when it says nothing about the others. */
export type HostReport = z.infer<typeof hostReportSchema>;
export type HostSessionSeen = z.infer<typeof session>;

/** Octets of a report at most. */
export const largestReport = 1024 * 1024;

const returnQuestionSchema = z.object({ user: name });

function read<Value>(body: Buffer, schema: z.ZodType<Value>, what: string): Value {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new AtelierError('request.invalid', `the ${what} is not JSON`, { cause });
  }
  const found = schema.safeParse(value);
  if (!found.success) throw new AtelierError('request.invalid', `the ${what} has another form than is agreed`);
  return found.data;
}

/** @throws AtelierError `request.invalid` */
export const readHostReport = (body: Buffer): HostReport => read(body, hostReportSchema, 'report');

/** Who wants to be let in again by a single-use password that is used up. @throws AtelierError `request.invalid` */
export const readReturnQuestion = (body: Buffer): { readonly user: string } =>
  read(body, returnQuestionSchema, 'question');
