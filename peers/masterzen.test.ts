import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OwnAccounts } from '../apps/agent/index.ts';
import { type AgentProcess, password, startAgentProcess, user } from './agent/agent-process.ts';

// Go's masterzen/winrm, which Packer and Terraform use, against an agent in a process of its own. The Go program is built from Debian's sources.

const go = promisify(execFile);
let agent: AgentProcess;
let built: string;
beforeAll(async () => {
  built = await mkdtemp(join(tmpdir(), 'atelier-masterzen-'));
  await go('/usr/bin/go', ['build', '-o', join(built, 'winrm'), 'winrm.go'], {
    cwd: join(import.meta.dirname, 'masterzen'),
    env: {
      PATH: '/usr/bin:/bin',
      HOME: built,
      GO111MODULE: 'off',
      GOPATH: '/usr/share/gocode',
      GOCACHE: join(built, 'cache'),
    },
  });
  agent = await startAgentProcess();
  await new OwnAccounts(agent.folder).set(user, password);
});
afterAll(async () => {
  await agent?.stop();
  await rm(built, { recursive: true, force: true });
});

interface Outcome {
  readonly out: string;
  readonly err: string;
  readonly code: number;
  readonly length: number;
  readonly digest: string;
  readonly failed: string;
  readonly seconds: number;
}

type Step = string | readonly [command: string, stdin: string];

function masterzen(scheme: 'basic' | 'ntlm', steps: readonly Step[], secret = password): Promise<readonly Outcome[]> {
  // The client of this age leaves NTLM's messages unsealed: it goes over HTTP, where the agent under test allows that.
  const { hostname, port } = new URL(scheme === 'basic' ? agent.https : agent.http);
  const ca = scheme === 'basic' ? join(agent.folder, 'tls.crt') : '-';
  const child = spawn(join(built, 'winrm'), [hostname, port, ca, scheme], { stdio: ['pipe', 'pipe', 'pipe'] });
  const asked = steps.map((one) => (typeof one === 'string' ? { command: one } : { command: one[0], stdin: one[1] }));
  child.stdin.end(JSON.stringify({ user, password: secret, steps: asked }));
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(out) as readonly Outcome[]);
      else reject(new Error(`the go program ended with ${code}: ${err}`));
    });
  });
}

const page = '0123456789abcde\n'.repeat(625_000);
const pageDigest = createHash('sha256').update(page).digest('hex');

describe.each(['basic', 'ntlm'] as const)('masterzen/winrm with %s', (scheme) => {
  it('runs commands: output, errors, exit codes, Unicode, standard input', async () => {
    const results = await masterzen(scheme, [
      'echo out; echo err >&2; exit 3',
      'echo "é 漢 🎉"',
      ['tr a-z A-Z; echo done', 'first, sécond'],
      'no-such-command-here',
      'id -un',
    ]);
    expect(
      results.map(({ out, err, code, failed }) => [
        out,
        scheme && err.includes('not found') ? 'not found' : err,
        code,
        failed,
      ]),
    ).toEqual([
      ['out\n', 'err\n', 3, ''],
      ['é 漢 🎉\n', '', 0, ''],
      ['FIRST, SéCONDdone\n', '', 0, ''],
      ['', 'not found', 127, ''],
      [`${user}\n`, '', 0, ''],
    ]);
  });

  it('reads 10 MB, unharmed', async () => {
    const [result] = await masterzen(scheme, ['yes 0123456789abcde | head -c 10000000']);
    expect(result).toMatchObject({ length: 10_000_000, digest: pageDigest, code: 0, failed: '' });
    console.log(`masterzen/winrm, ${scheme}: 10 MB in ${result!.seconds.toFixed(2)} s`);
  });

  it('is refused with a wrong password', async () => {
    const [result] = await masterzen(scheme, ['echo no'], 'wrong');
    expect(result).toMatchObject({ out: '', code: 1, failed: expect.stringContaining('401') });
  });
});
