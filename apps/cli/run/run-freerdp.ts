import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliFailure } from '../failure/cli-failure.ts';

/** Where to go and as whom. */
export interface FreeRdpGoal {
  readonly address: string;
  readonly user: string;
  readonly ticket: string;
  readonly loadBalanceInfo: string;
}

/**
 * Runs the first of the programs that is there, FreeRDP 2 or 3, until its user closes it; gives its exit code. `authority` (PEM) is trusted for brokers and hosts.
 * @throws CliFailure when none of them is there
 */
export async function runFreeRdp(
  programs: readonly string[],
  { address, user, ticket, loadBalanceInfo }: FreeRdpGoal,
  given: { readonly certificate: string; readonly authority: string | null; readonly signal: AbortSignal },
): Promise<number> {
  // The password goes by standard input: a process list shows the words to everybody. Without /d: FreeRDP 3 reads a domain before it, and only
  // with :force both read it where the client is not asked to prove it first.
  const words = [`/v:${address}`, `/u:${user}`, '/d:', '/from-stdin:force', `/load-balance-info:${loadBalanceInfo}`];
  const more = ['+auto-reconnect', '/dynamic-resolution', `/cert:${given.certificate}`];
  const folder = await mkdtemp(join(tmpdir(), 'atelier-desktop-'));
  try {
    const env = { ...process.env };
    if (given.authority !== null && env.SSL_CERT_FILE === undefined) {
      // Instead of the system's one file; its folder of certificates stays in use.
      env.SSL_CERT_FILE = join(folder, 'authority.pem');
      await writeFile(env.SSL_CERT_FILE, given.authority);
    }
    for (const program of programs) {
      const code = await run(program, [...words, ...more], { env, input: `${ticket}\n`, signal: given.signal });
      if (code !== null) return code;
    }
    throw new CliFailure({
      title: 'no RDP client',
      detail: `there is no program ${programs.map((one) => `"${one}"`).join(' or ')}`,
      fix: 'install FreeRDP (apt install freerdp3-x11, or freerdp2-x11), or take "atelier desktop file" for another client',
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Gives the exit code; null when there is no such program. */
async function run(
  program: string,
  words: readonly string[],
  { env, input, signal }: { readonly env: NodeJS.ProcessEnv; readonly input: string; readonly signal: AbortSignal },
): Promise<number | null> {
  const child = spawn(program, words, { stdio: ['pipe', 'inherit', 'inherit'], signal, env });
  child.stdin.on('error', () => {}).end(input);
  return await new Promise((resolve, reject) => {
    child.once('error', (cause: NodeJS.ErrnoException) => (cause.code === 'ENOENT' ? resolve(null) : reject(cause)));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
