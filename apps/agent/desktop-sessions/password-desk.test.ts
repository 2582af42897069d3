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

const begin = async () => {
  end = await startPasswordDesk({
    folder: join(run, runFolders.signIn),
    usedFolder: join(run, runFolders.used),
    trust: () => trust,
    log: (line) => void said.push(line),
    now: () => Date.now(),
  });
};
beforeEach(async () => {
  run = await mkdtemp(join(tmpdir(), 'atelier-desk-'));
  trust = trusted;
  said = [];
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
