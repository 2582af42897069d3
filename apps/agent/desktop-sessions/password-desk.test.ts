import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makePassword, newPasswordKey, passwordKeys, writePublicKey } from '@atelier/adapters/single-use-password';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { passwordCheck, runFolders } from './hook-scripts.ts';
import { startPasswordDesk } from './password-desk.ts';
import type { PasswordTrust } from './password-trust.ts';

const { privateKey, publicKey } = passwordKeys(newPasswordKey());
const targetId = 'T1';
const trusted = { publicKey: writePublicKey(publicKey), targets: ['T0', targetId] };
let run: string;
let end: () => Promise<void>;
let trust: PasswordTrust | null;
let said: Readonly<Record<string, unknown>>[];
/** Whether the server has seen the user's client come back. */
let returns: () => Promise<boolean>;

const begin = async () => {
  end = await startPasswordDesk({
    folder: join(run, runFolders.signIn),
    usedFolder: join(run, runFolders.used),
    trust: () => trust,
    log: (line) => void said.push(line),
    now: () => Date.now(),
    mayReturn: () => returns(),
  });
};
beforeEach(async () => {
  run = await mkdtemp(join(tmpdir(), 'atelier-desk-'));
  trust = trusted;
  said = [];
  returns = async () => false;
  await begin();
});
afterEach(async () => {
  await end();
  await rm(run, { recursive: true });
});

/** Asks as PAM does: by the script, the password on its standard input with a zero at the end. */
const letIn = async (user: string, password: string): Promise<boolean> => {
  const env = { PATH: '/usr/bin:/bin', PAM_TYPE: 'auth', PAM_USER: user };
  const child = spawn('/bin/sh', ['-c', passwordCheck(run)], { env, stdio: ['pipe', 'ignore', 'inherit'] });
  child.stdin.end(`${password}\0`);
  const [code] = await once(child, 'close');
  return code === 0;
};
const made = (user: string) => makePassword(privateKey, { user, targetId }, Date.now());

it('lets its user in once, however many try at once, also after the agent began anew; and leaves nothing lying about', async () => {
  const password = made('ada');
  const tries = await Promise.all([1, 2, 3].map(() => letIn('ada', password)));
  expect(tries.filter(Boolean)).toHaveLength(1);
  await end();
  await begin();
  expect(await letIn('ada', password)).toBe(false);
  expect(said.map((line) => line.why ?? 'let in').toSorted()).toEqual([
    'let in',
    'used before',
    'used before',
    'used before',
  ]);
  expect(JSON.stringify(said)).not.toContain(password);
  expect(await readdir(join(run, runFolders.signIn))).toEqual([]);
});

it('lets nobody in before a server told its key, and takes no other person’s', async () => {
  expect(await letIn('bob', made('ada'))).toBe(false);
  trust = null;
  expect(await letIn('ada', made('ada'))).toBe(false);
  expect(said.map((line) => line.why)).toEqual(['not-for-this', 'no server has told its key yet']);
});

it('lets a client in again that came back to its session, by the server’s word alone, and keeps nobody else waiting for it', async () => {
  const password = made('ada');
  expect(await letIn('ada', password)).toBe(true);
  returns = async () => true;
  expect(await letIn('ada', password)).toBe(true);
  expect(await letIn('ada', makePassword(privateKey, { user: 'ada', targetId }, Date.now() - 3_600_000))).toBe(true);
  expect(await letIn('bob', password)).toBe(false);
  const word = Promise.withResolvers<boolean>();
  const asked = Promise.withResolvers<void>();
  returns = () => {
    asked.resolve();
    return word.promise;
  };
  const waits = letIn('ada', password);
  await asked.promise;
  expect(await letIn('bob', made('bob'))).toBe(true);
  word.reject(new Error('the server is away'));
  expect(await waits).toBe(false);
});
