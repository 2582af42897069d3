import { readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** Where this machine's server and client keep what must survive: ATELIER_STATE, else the system's place for root, else the person's. */
export function stateFolder(env: Env = process.env): string {
  if (env.ATELIER_STATE) return resolve(env.ATELIER_STATE);
  if (process.getuid?.() === 0) return '/var/lib/atelier';
  return join(env.XDG_STATE_HOME || join(userInfo().homedir, '.local', 'state'), 'atelier');
}

/** Where the client's daemon keeps its part. */
export const clientStateFolder = (env: Env = process.env): string => join(stateFolder(env), 'client');

/** What a running server tells to the commands on its own machine. Holds no secret. */
export interface ServerNote {
  readonly url: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly ca: string;
  readonly pid: number;
}

/** What a running client daemon tells. */
export interface ClientNote {
  readonly socket: string;
  readonly pid: number;
}

const read = <Note>(path: string): Note | undefined => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Note;
  } catch {
    return undefined;
  }
};

async function write(folder: string, name: string, note: object): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, name);
  await writeFile(`${path}.new`, `${JSON.stringify(note, null, 1)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return () => rm(path, { force: true });
}

export const readServerNote = (folder: string): ServerNote | undefined => read(join(folder, 'server-address.json'));
/** The note stays when the server ends: its authority is still the right one. */
export const writeServerNote = (folder: string, note: ServerNote) => write(folder, 'server-address.json', note);
export const readClientNote = (folder: string): ClientNote | undefined => read(join(folder, 'client-address.json'));
export const writeClientNote = (folder: string, note: ClientNote) => write(folder, 'client-address.json', note);

/** The client daemon's socket: ATELIER_CLIENT_SOCKET, else where a running daemon said it is, else its usual place. */
export const clientSocketPath = (env: Env = process.env): string =>
  env.ATELIER_CLIENT_SOCKET || readClientNote(stateFolder(env))?.socket || join(clientStateFolder(env), 'client.sock');
