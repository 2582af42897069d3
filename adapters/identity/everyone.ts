import { newId } from '@atelier/adapters/postgres';
import type { Queries } from './queries.ts';

/** The id of the built-in group that every user is in; makes it at the first start. */
export async function everyoneGroup(queries: Queries): Promise<string> {
  await queries
    .insertInto('people_group')
    .values({ id: newId(), name: 'everyone', description: 'every user', built_in: true })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const group = await queries
    .selectFrom('people_group')
    .select('id')
    .where('name', '=', 'everyone')
    .where('built_in', '=', true)
    .executeTakeFirst();
  if (!group) throw new Error('a group named like the built-in group "everyone" is in the way: rename it');
  return group.id;
}
