import { watch } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkPassword, readPublicKey } from '@atelier/adapters/single-use-password';
import { readNote } from './noted-sessions.ts';
import type { PasswordTrust } from './password-trust.ts';
import { makePrivateFolder, readLeft } from './report-spool.ts';

/** What judging passwords needs. */
export interface PasswordDeskOptions {
  /** Where log-ons ask. */
  readonly folder: string;
  /** Where it is noted which passwords were used: it must not outlive the machine's boot by need, nor the agent by accident. */
  readonly usedFolder: string;
  /** Whose passwords are good, and for what; null: nobody's. */
  readonly trust: () => PasswordTrust | null;
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
  /** Milliseconds since 1970, by the clock of who makes passwords. */
  readonly now: () => number;
  /** Asks the server whether a user may be let in by a password that is used up. May reject. */
  readonly mayReturn: (user: string) => Promise<boolean>;
}

const staleMs = 60_000;

/** Notes that a password is used; false when it was before. The folder is made or not, whoever asks at the same time. */
async function useOnce(folder: string, nonce: string, until: number): Promise<boolean> {
  try {
    await mkdir(join(folder, `${until}.${nonce}`), { mode: 0o700 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Judges the single-use passwords that log-ons on this machine bring: without asking the server, so that its outage does not matter. Only about one that is
 * genuine but used up it asks: its client may have been cut off, and come back by itself with what it has. Gives the function that ends it.
 */
export async function startPasswordDesk(options: PasswordDeskOptions): Promise<() => Promise<void>> {
  const { folder, usedFolder, trust, log, now, mayReturn } = options;
  await makePrivateFolder(folder);
  await makePrivateFolder(usedFolder);

  const judge = async (user: string, password: string): Promise<string | null> => {
    const trusted = trust();
    if (!trusted) return 'no server has told its key yet';
    const holder = { user, targetIds: trusted.targets };
    const checked = checkPassword(readPublicKey(trusted.publicKey), password, holder, now());
    if (typeof checked === 'string' && checked !== 'expired') return checked;
    if (checked !== 'expired' && (await useOnce(usedFolder, checked.nonce, checked.until))) return null;
    const why = checked === 'expired' ? 'expired' : 'used before';
    const admitted = await mayReturn(user).catch((error: unknown) => {
      log({ kind: 'server-not-asked', error: String(error) });
      return false;
    });
    return admitted ? null : why;
  };
  const take = async (name: string): Promise<ReadonlyMap<string, string> | null> => {
    const path = join(folder, `${name}.ask`);
    const note = readNote(await readLeft(path));
    await rm(path, { force: true });
    return note;
  };
  const answer = async (name: string, note: ReadonlyMap<string, string> | null): Promise<void> => {
    const user = note?.get('user') ?? '';
    const why = note ? await judge(user, note.get('password') ?? '') : 'not understood';
    const given = why === null ? 'yes' : 'no';
    // Written beside, so that an answer is there wholly or not at all; the name says it, the content is for nobody.
    await writeFile(join(folder, `.${name}.answer`), '', { mode: 0o600 });
    await rename(join(folder, `.${name}.answer`), join(folder, `${name}.${given}`));
    log({ kind: 'single-use-password', user, let: why === null, ...(why === null ? {} : { why }) });
  };
  const clean = async (): Promise<void> => {
    for (const name of await readdir(folder)) {
      const info = await stat(join(folder, name)).catch(() => null);
      if (info && Date.now() - info.mtimeMs > staleMs) await rm(join(folder, name), { force: true });
    }
    for (const name of await readdir(usedFolder))
      if (Number(name.split('.')[0]) + staleMs < now())
        await rm(join(usedFolder, name), { recursive: true, force: true });
  };

  let work: Promise<void> = Promise.resolve();
  const failed = (error: unknown) => log({ kind: 'single-use-password-not-judged', error: String(error) });
  /** Nobody waits for another one's question to the server. */
  const answering = new Set<Promise<void>>();
  const begin = (name: string, note: ReadonlyMap<string, string> | null) => {
    const done: Promise<void> = answer(name, note)
      .catch(failed)
      .finally(() => answering.delete(done));
    answering.add(done);
  };
  const look = () => {
    work = work
      .then(async () => {
        const asked = (await readdir(folder)).filter((name) => /^\d+\.\d+\.ask$/.test(name));
        for (const file of asked) {
          const name = file.slice(0, -'.ask'.length);
          begin(name, await take(name));
        }
      })
      .catch(failed);
  };
  const watcher = watch(folder, { persistent: false }, (_event, name) => {
    if (name?.endsWith('.ask')) look();
  });
  watcher.on('error', (error) => log({ kind: 'single-use-passwords-not-watched', error: String(error) }));
  const timer = setInterval(() => {
    work = work.then(clean).catch((error: unknown) => log({ kind: 'sign-in-not-cleaned', error: String(error) }));
  }, staleMs).unref();
  look();
  return async () => {
    watcher.close();
    clearInterval(timer);
    await work;
    await Promise.all(answering);
  };
}
