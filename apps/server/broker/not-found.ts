import { AtelierError } from '@atelier/domain/errors';

/** The error for something of the broker that is not there. */
export const notFound = (what: string, name: string): AtelierError =>
  new AtelierError('broker.not-found', `there is no ${what} ${name}`);

/** PostgreSQL's word for a value that must be unique and is not, as the error for people; others are thrown as they are. */
export function nameTaken(error: unknown, name: string): never {
  if (error instanceof Error && 'code' in error && error.code === '23505')
    throw new AtelierError('broker.name-taken', `the name ${name} is taken`, { cause: error });
  throw error;
}

/** Text as a pattern for `ilike` that contains it. */
export const containing = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;
