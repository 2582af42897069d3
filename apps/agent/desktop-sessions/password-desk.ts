import { watch } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkPassword, readPublicKey } from '@atelier/adapters/single-use-password';
import { readNote } from './noted-sessions.ts';
import type { PasswordTrust } from './password-trust.ts';
import { makePrivateFolder } from './report-spool.ts';

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
 * Judges the single-use passwords that log-ons on this machine bring: without asking the server, so that its outage does not matter. Gives the function
 * that ends it.
 */
export async function startPasswordDesk(options: PasswordDeskOptions): Promise<() => Promise<void>> {
  const { folder, usedFolder, trust, log, now } = options;
  await makePrivateFolder(folder);
  await makePrivateFolder(usedFolder);

  const judge = async (user: string, password: string): Promise<string | null> => {
    const trusted = trust();
    if (!trusted) return 'no server has told its key yet';
    const holder = { user, targetIds: trusted.targets };
    const checked = checkPassword(readPublicKey(trusted.publicKey), password, holder, now());
    if (typeof checked === 'string') return checked;
    return (await useOnce(usedFolder, checked.nonce, checked.until)) ? null : 'used before';
  };
  const answer = async (name: string): Promise<void> => {
    const path = join(folder, `${name}.ask`);
    const note = readNote(await readFile(path, 'utf8'));
    await rm(path, { force: true });
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
  const look = () => {
    work = work
      .then(async () => {
        const asked = (await readdir(folder)).filter((name) => /^\d+\.\d+\.ask$/.test(name));
        for (const name of asked) await answer(name.slice(0, -'.ask'.length));
      })
      .catch((error: unknown) => log({ kind: 'single-use-password-not-judged', error: String(error) }));
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
  };
}
