import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { OperationUser } from '@atelier/plugin-kit';

/** Windows' answers of Win32_Process.Create. */
export const createResult = { done: 0, accessDenied: 2, failed: 8, pathNotFound: 9, invalid: 21 } as const;

const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

async function isProgram(name: string): Promise<boolean> {
  const places = name.includes('/') ? [name] : searchPath.split(':').map((one) => join(one, name));
  const found = await Promise.all(
    places.map((one) =>
      access(one, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

/** Names that a shell knows itself. */
const builtins = new Set(
  '. : [ alias cd command echo eval exec exit export false if for printf pwd read set test trap true ulimit umask unset while { ('.split(
    ' ',
  ),
);

/** The program of a simple command line; null when a shell must decide. */
const programOf = (command: string): string | null => /^\s*([\w./+-]+)(?:\s|$)/.exec(command)?.[1] ?? null;

/** A single program in the shell's place: its number is the one that the caller gets, so that Terminate ends it and no shell only. */
function inPlace(command: string, program: string | null): string {
  return program && !builtins.has(program) && !/[;&|<>()\n]/.test(command) ? `exec ${command}` : command;
}

/** Arguments that make a command run as the account: by `setpriv` when we are another user. Null when we may not. */
function asAccount(user: OperationUser, command: string): readonly string[] | null {
  const { account } = user;
  if (!account) return null;
  const shell = ['/bin/sh', '-c', command];
  const own = process.getuid?.() ?? -1;
  if (own === account.uid) return shell;
  if (own !== 0) return null;
  const groups = [...new Set([account.gid, ...(account.groups ?? [])])].join(',');
  return [
    'setpriv',
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    `--groups=${groups}`,
    '--inh-caps=-all',
    ...shell,
  ];
}

/** Starts a command line as the user, without input and output, and lets it go. Gives Windows' result and the process. */
export async function startProgram(
  user: OperationUser,
  command: string,
  folder: string | null,
  variables: readonly string[],
): Promise<{ readonly result: number; readonly pid: number | null }> {
  const fail = (result: number) => ({ result, pid: null });
  if (command.trim() === '' || command.includes('\0')) return fail(createResult.invalid);
  const program = programOf(command);
  const line = asAccount(user, inPlace(command, program));
  if (!line || !user.account) return fail(createResult.accessDenied);
  if (program && !builtins.has(program) && !(await isProgram(program))) return fail(createResult.pathNotFound);
  const cwd = folder ?? user.account.home;
  const there = await stat(cwd).then(
    (one) => one.isDirectory(),
    () => false,
  );
  if (!there && folder !== null) return fail(createResult.pathNotFound);
  const own = Object.fromEntries(
    variables
      .map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)] as const)
      .filter(([name]) => name),
  );
  const { name, account } = user;
  const child = spawn(line[0]!, line.slice(1), {
    cwd: there ? cwd : '/',
    env: {
      PATH: searchPath,
      HOME: account.home,
      SHELL: account.shell,
      USER: name,
      LOGNAME: name,
      LANG: 'C.UTF-8',
      ...own,
    },
    stdio: 'ignore',
    detached: true,
  });
  return await new Promise((resolve) => {
    child.once('error', () => resolve(fail(createResult.failed)));
    child.once('spawn', () => {
      child.unref();
      resolve({ result: createResult.done, pid: child.pid ?? null });
    });
  });
}
