import { lstat, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { largestNote, readSessionNote, type SessionNote } from './noted-sessions.ts';

/** What the hook left, oldest first. */
export interface SpooledNote {
  readonly file: string;
  readonly note: SessionNote;
}

const staleMs = 60_000;

/** Makes a folder that only root looks into. */
export const makePrivateFolder = async (folder: string): Promise<void> =>
  void (await mkdir(folder, { recursive: true, mode: 0o700 }));

/** What a script left; '' for anything else: what is larger, or no file at all, is not even opened. */
export async function readLeft(file: string): Promise<string> {
  const info = await lstat(file).catch(() => null);
  if (!info?.isFile() || info.size > largestNote) return '';
  return await readFile(file, 'utf8').catch(() => '');
}

/** The first `most` notes. What is no note is removed. */
export async function readSpool(folder: string, most: number): Promise<readonly SpooledNote[]> {
  const aged: { readonly file: string; readonly at: bigint }[] = [];
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    const info = await lstat(file, { bigint: true }).catch(() => null);
    if (!info) continue;
    if (!name.startsWith('.')) aged.push({ file, at: info.mtimeNs });
    else if (Date.now() - Number(info.mtimeMs) > staleMs) await rm(file, { force: true });
  }
  aged.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const notes: SpooledNote[] = [];
  for (const { file } of aged.slice(0, most)) {
    const note = readSessionNote(await readLeft(file));
    if (note) notes.push({ file, note });
    else await rm(file, { force: true, recursive: true });
  }
  return notes;
}

export const forget = async (notes: readonly SpooledNote[]): Promise<void> =>
  void (await Promise.all(notes.map(({ file }) => rm(file, { force: true }))));
