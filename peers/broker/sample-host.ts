import { type DatabaseHandle, newId } from '@atelier/adapters/postgres';

export const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);

/** A managed host that nobody contacts, which told of its sessions at this time, or never; gives its id. */
export async function addHost(db: DatabaseHandle['db'], name: string, heardAt: Date | null): Promise<string> {
  const id = newId();
  const signIn = JSON.stringify({ kind: 'basic', user: 'root' });
  const trust = JSON.stringify({ kind: 'system' });
  await db
    .insertInto('host')
    .values({
      id,
      name,
      address: 'https://192.0.2.9:5986',
      sign_in: signIn,
      trust,
      collect_events: false,
      contacted_at: new Date(),
      sessions_heard_at: heardAt,
    })
    .execute();
  return id;
}
