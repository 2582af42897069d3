import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  type ContentKeys,
  fileSystemStore,
  folderSource,
  httpSource,
  type RepositorySource,
  type RepositoryStore,
} from '@atelier/adapters/repository';
import { imageNameSchema } from '@atelier/domain/images';
import { isName, isTrimError, trimErrors } from '@atelier/trim';
import { type Invocation, text } from '../../command/invocation.ts';
import type { Option } from '../../command/verb.ts';
import { chooseServer } from '../../connection/connect.ts';
import { openContextStore } from '../../connection/context-store.ts';
import { CliFailure, usageFailure } from '../../failure/cli-failure.ts';

/** Options of commands that work on a repository's files themselves. */
export const repositoryOption: Option = {
  flags: '-r, --repository <folder>',
  summary: 'a repository in this folder, without any server',
  completes: 'file',
};
export const keysOption: Option = {
  flags: '--keys <folder>',
  summary: 'with --repository: content keys of encrypted images, as IMAGE/KEY-ID files with base64 in them',
  completes: 'file',
};

const isAddress = (where: string) => /^https?:\/\//.test(where);

/** The folder given with --repository, opened for changes; undefined without one. */
export async function localStore(call: Invocation): Promise<RepositoryStore | undefined> {
  const folder = text(call, 'repository');
  if (!folder) return undefined;
  if (isAddress(folder))
    throw usageFailure(`${folder} is an address; here the repository's folder is needed`, 'run it where the files are');
  await requireRepository(folder);
  return await fileSystemStore(resolve(folder));
}

/** A folder or an address as something to read from. An address of the chosen server is asked with its token. */
export async function sourceAt(call: Invocation, where: string): Promise<RepositorySource> {
  if (!isAddress(where)) {
    await requireRepository(where);
    return folderSource(resolve(where));
  }
  const caFile = text(call, 'ca');
  const known = chosen(call);
  const ours = known !== undefined && new URL(where).origin === new URL(known.server).origin;
  const ca = caFile ? await readFile(caFile, 'utf8') : ours ? (known.ca ?? undefined) : undefined;
  const headers = bearer(ours ? known.secret : null);
  return httpSource(where, { ca, headers });
}

/** The repository of the chosen server, over the network. */
export function serverSource(call: Invocation): RepositorySource {
  const { server, secret, ca } = chooseServer(call.common, openContextStore());
  return httpSource(new URL('/repository/', server).href, { headers: bearer(secret), ca: ca ?? undefined });
}

const bearer = (secret: string | null | undefined): Record<string, string> =>
  secret ? { authorization: `Bearer ${secret}` } : {};

function chosen(call: Invocation) {
  try {
    return chooseServer(call.common, openContextStore());
  } catch {
    return undefined;
  }
}

/** Content keys from the folder given with --keys. */
export function keysAt(call: Invocation): ContentKeys | undefined {
  const folder = text(call, 'keys');
  if (!folder) return undefined;
  return async (image, keyId) => {
    if (!imageNameSchema.safeParse(image).success || !isName(keyId)) return undefined;
    const found = await readFile(join(folder, image, keyId), 'utf8').catch(() => undefined);
    return found === undefined ? undefined : new Uint8Array(Buffer.from(found.trim(), 'base64'));
  };
}

async function requireRepository(folder: string): Promise<void> {
  if ((await stat(join(folder, 'root.json')).catch(() => undefined))?.isFile()) return;
  throw usageFailure(
    `${folder} holds no repository: there is no root.json in it`,
    'give the folder that root.json is in',
  );
}

/** Runs work on a repository; its errors are told with their cause and fix. */
export async function told<Result>(title: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isTrimError(error)) throw error;
    const { cause, fix } = trimErrors[error.code];
    throw new CliFailure({ title, detail: `${error.message} (${error.code})`, cause, fix }, 1, { cause: error });
  }
}
