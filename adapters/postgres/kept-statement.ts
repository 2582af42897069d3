import { hash } from 'node:crypto';
import { sql } from 'kysely';
import { Client } from 'pg';

const mark = '/* kept */';

/**
 * To stand first in a statement that is asked for again and again: each connection keeps it planned, which takes PostgreSQL more time than answering it.
 * For statements whose text is always the same, and whose columns no migration changes.
 */
export const kept = sql.raw(mark);

const names = new Map<string, string>();
/** More texts than that are a mistake of somebody who makes them up; they are not kept. */
const most = 100;

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= most) return known;
  const name = `kept_${hash('sha256', text).slice(0, 32)}`;
  names.set(text, name);
  return name;
}

/** A connection that keeps the statements that ask for it. */
export class KeepingClient extends Client {
  // biome-ignore lint/suspicious/noExplicitAny: passes on what every form of the driver's `query` takes
  override query(...given: any[]): any {
    const [text, values] = given;
    const name = typeof text === 'string' && text.trimStart().startsWith(mark) ? nameOf(text) : undefined;
    // biome-ignore lint/suspicious/noExplicitAny: as above
    const query = super.query as (...passed: any[]) => any;
    return name === undefined ? query.apply(this, given) : query.call(this, { name, text, values }, ...given.slice(2));
  }
}
