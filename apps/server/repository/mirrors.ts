import { readFile } from 'node:fs/promises';
import { AtelierError } from '@atelier/domain/errors';
import type { Services } from '../services.ts';

/** How endpoints reach the repository elsewhere than on this server. */
export interface RepositoryMirrors {
  /** Base addresses of plain web servers or CDNs that have the same files, best first. */
  readonly baseUrls: readonly string[];
  /** What they ask for: nothing, the password under the secret {@link mirrorSecret}, or the endpoint's certificate. */
  readonly authentication: 'none' | 'basic' | 'client-certificate';
}

const setting = 'repository.mirrors';
/** The secret with `user:password` for `basic`. */
export const mirrorSecret = 'repository/mirror-password';

/** The mirrors as all servers know them. */
export async function readMirrors(db: Services['db']): Promise<RepositoryMirrors> {
  const row = await db.selectFrom('setting').select('value').where('key', '=', setting).executeTakeFirst();
  return (row?.value as RepositoryMirrors | undefined) ?? { baseUrls: [], authentication: 'none' };
}

/**
 * Takes the mirrors over from the configuration at the start, if it names any. The password is read from its file, sealed
 * in the database, and the file may then go.
 *
 * @throws AtelierError `repository.unavailable` when `basic` is wanted and there is no password
 */
export async function takeMirrorsFromConfig({
  config,
  db,
  secrets,
}: Pick<Services, 'config' | 'db' | 'secrets'>): Promise<void> {
  const { repositoryMirrors: mirrors, repositoryPasswordFile: file } = config;
  if (!mirrors) return;
  const password = file && (await readFile(file, 'utf8').catch(() => undefined))?.trim();
  if (password) {
    if (!/^[^:\s]+:\S/.test(password))
      throw new AtelierError('repository.unavailable', `${file} does not hold USER:PASSWORD in one line`);
    await secrets.set(mirrorSecret, Buffer.from(password));
  }
  if (mirrors.authentication === 'basic' && !(await secrets.get(mirrorSecret)))
    throw new AtelierError(
      'repository.unavailable',
      'the mirrors ask for a password: name its file in ATELIER_REPOSITORY_PASSWORD_FILE',
    );
  const value = JSON.stringify(mirrors);
  await db
    .insertInto('setting')
    .values({ key: setting, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
}
