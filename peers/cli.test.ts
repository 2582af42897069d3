import { spawnSync } from 'node:child_process';
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandShell } from '@atelier/adapters/command-shell';
import { sampleProvider, startTestAgent, type TestAgent } from '@atelier/adapters/wsman-listener/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Atelier, makeAtelier, ready, type Up } from './cli/atelier.ts';

const password = 'a long enough password';
let atelier: Atelier;
let server: Up;
const run = (line: string, input?: string) => atelier.run(line.split(' '), input);
const json = <T = Record<string, unknown>>(line: string) => atelier.json<T>(...line.split(' '));
/** Runs a command that must succeed. */
const well = async (line: string, input?: string) => {
  const ended = await run(line, input);
  expect(ended, line).toMatchObject({ code: 0 });
  return ended;
};

beforeAll(async () => {
  atelier = await makeAtelier();
  server = atelier.up();
  await server.printed(ready);
});
afterAll(async () => {
  server.signal('SIGINT');
  await server.ended;
  await atelier.remove();
});

describe('signing in', () => {
  it('is needed first, and says so', async () => {
    const ended = await run('image ls');
    expect(ended).toMatchObject({ code: 4, out: '' });
    expect(ended.err).toMatch(/fix: +sign in again/);
  });

  it('makes the first owner without a browser, signs in and keeps the secret to the person', async () => {
    await well('server create-owner admin --password-stdin', `${password}\n`);
    expect(await run('login -u admin --password-stdin', 'wrong\n')).toMatchObject({ code: 4 });
    await well('login -u admin --password-stdin', `${password}\n`);
    expect(await json('whoami')).toMatchObject({ user: { name: 'admin' }, by: 'session' });
    const secrets = join(atelier.env.XDG_CONFIG_HOME!, 'atelier/secrets.json');
    expect((await stat(secrets)).mode & 0o777).toBe(0o600);
    expect(await readFile(join(atelier.env.XDG_CONFIG_HOME!, 'atelier/contexts.json'), 'utf8')).not.toMatch(/secret/);
  });

  it('pins an authority by its fingerprint, and refuses another one', async () => {
    const [{ server: url }] = await json<[{ server: string }]>('context ls');
    const wrong = await run(`login ${url} -u admin --password-stdin --ca ${'ab'.repeat(32)}`, `${password}\n`);
    expect(wrong.code).toBe(1);
    const right = /has ([0-9A-F:]{95})/.exec(wrong.err)?.[1];
    await well(`login ${url} -u admin --password-stdin --ca ${right} --name pinned`, `${password}\n`);
    expect((await well('context ls -o name')).out).toContain('pinned\n');
    await well('context use pinned');
    await well('context rm pinned --yes');
  });
});

describe('hosts', () => {
  let agent: TestAgent;
  beforeAll(async () => {
    agent = await startTestAgent({ providers: [sampleProvider(3)], shells: [commandShell({})] });
  });
  afterAll(() => agent.stop());

  it('are registered, shown, asked, commanded and forgotten', async () => {
    const trust = createHash('sha256').update(new X509Certificate(agent.tls.cert).raw).digest('hex');
    const reach = `--auth basic -u admin --password-stdin --trust ${trust}`;
    await well(`host add lab ${agent.https} ${reach} -l rack-7`, 'Secret-1\n');
    expect(await json('host show lab --now')).toMatchObject({ state: 'reachable', labels: ['rack-7'] });
    expect(await json('host query lab Sample_Thing')).toEqual([0, 1, 2].map((n) => ({ Name: `thing${n}`, Size: '1' })));
    const ended = await atelier.run(['host', 'run', 'lab', 'cat; echo bad >&2; exit 9', '--stdin'], 'żółw\n');
    expect(ended).toMatchObject({ code: 9, out: 'żółw\n', err: 'bad\n' });
    const failed = await run('host query lab No_Such');
    expect(failed).toMatchObject({ code: 1, out: '' });
    expect(failed.err).toContain('winrm helpmsg');
    await well('host edit lab --name lab-2 --collect-events no');
    expect((await well('host ls -o name --label rack-7')).out).toBe('lab-2\n');
    await well('host rm lab-2 --yes');
    expect(await run('host show lab-2')).toMatchObject({ code: 3 });
    expect(await json('host invite --minutes 5')).toMatchObject({ command: expect.stringContaining('agent install') });
  });
});

describe('the rules of the command line', () => {
  it('answer with the exit codes that scripts rely on', async () => {
    for (const [line, code] of [
      ['image ls', 0],
      ['image show nothing', 3],
      ['image bogus', 2],
      ['image show', 2],
      ['image ls -o xml', 2],
      ['bogus', 2],
      ['image', 2],
      ['image --help', 0],
      ['--version', 0],
      ['image rm lab', 2],
      ['workspace show nothing', 3],
      ['user show nobody', 3],
      ['task show 01J0000000000000000000000A', 3],
      ['context use nothing', 3],
    ] as const)
      expect((await run(line)).code, line).toBe(code);
  });

  it('keep data on stdout and everything else on stderr', async () => {
    const made = await well('image create tidy -o json');
    expect(JSON.parse(made.out)).toMatchObject({ name: 'tidy', versionCount: 0 });
    expect(made.err).toContain('image tidy was made');
    expect(await well('image ls -o name')).toEqual({ code: 0, out: 'tidy\n', err: '' });
    expect((await well('image ls -o yaml')).out).toMatch(/^- id: /);
    expect((await well('image ls')).out).toMatch(/^NAME +LATEST/);
  });

  it('show what would be asked of the server, and change nothing', async () => {
    const dry = await json('image create dry --dry-run');
    expect(dry).toMatchObject({ method: 'POST', path: '/api/v1/images', body: { name: 'dry' } });
    expect((await json<{ name: string }[]>('image ls')).map((one) => one.name)).toEqual(['tidy']);
  });

  it('show which plug-in of the broker they mean', async () => {
    const dry = await json('broker disable-plug-in site-2 --dry-run');
    expect(dry).toMatchObject({
      method: 'POST',
      path: '/api/v1/broker/plug-ins/site-2/enabled',
      body: { enabled: false },
    });
  });

  it('name cause, fix and correlation id of an error', async () => {
    const { err } = await run('image show nothing');
    expect(err).toMatch(/✗ .*nothing/);
    expect(err).toMatch(/cause: .+\n +fix: .+\n +id: +[0-9A-Z]{26}/);
  });
});

describe('people', () => {
  it('come, belong to groups, get roles and go', async () => {
    await well('user create anna --display-name Anna --password-stdin', `${password}\n`);
    await well('user update anna --email anna@example.org');
    await well('group create teachers -d staff');
    await well('group update teachers --description everybody');
    await well('group add teachers --user anna');
    expect(await json('group members teachers')).toMatchObject([{ kind: 'user', name: 'anna' }]);
    expect(await json('user show anna')).toMatchObject({ email: 'anna@example.org', groups: expect.any(Array) });
    await well('role grant helpdesk --group teachers');
    expect((await json<{ role: string }[]>('role ls')).map((one) => one.role).sort()).toEqual(['helpdesk', 'owner']);
    await well('role revoke helpdesk --group teachers --yes');
    await well('user passwd anna --password-stdin', 'another long password\n');
    await well('group remove teachers --user anna');
    await well('group rm teachers --yes');
    expect((await well('user ls -s ann -o name')).out).toBe('anna\n');
  });

  it('have tokens that do no more than their scopes', async () => {
    const secret = (await well('token create reader --scope image:read')).out.trim();
    const { env } = atelier;
    const [{ server: url }] = await json<[{ server: string }]>('context ls');
    Object.assign(env, { ATELIER_SERVER: url, ATELIER_TOKEN: secret });
    try {
      await well('image ls');
      expect((await run('image create other')).code).toBe(4);
    } finally {
      delete env.ATELIER_SERVER;
      delete env.ATELIER_TOKEN;
    }
    expect((await well('token ls')).out).toContain('reader');
    await well('token revoke reader --yes');
  });
});

describe('an image', () => {
  const size = 6 * 1024 * 1024 + 512;
  let disk: string;
  beforeAll(async () => {
    disk = join(atelier.state, '..', 'disk.raw');
    await writeFile(disk, Buffer.concat([randomBytes(2 * 1024 * 1024), Buffer.alloc(size - 2 * 1024 * 1024)]));
  });

  it('is imported, packed, pushed, promoted and pulled again as it was', async () => {
    const imported = await atelier.run([
      'image',
      'import',
      'lab',
      disk,
      '-n',
      'first',
      '--channel',
      'stable',
      '-o',
      'json',
    ]);
    expect(imported, imported.err).toMatchObject({ code: 0 });
    expect(JSON.parse(imported.out)).toMatchObject({ number: 1, state: 'available', channels: ['stable'] });
    expect(await json('image show lab')).toMatchObject({ latestVersion: 1 });
    const target = join(atelier.state, '..', 'pulled.raw');
    const pulled = await json<{ version: number }>(`image pull lab ${target}`);
    expect(pulled).toMatchObject({ version: 1, format: 'raw' });
    const [before, after] = await Promise.all([readFile(disk), readFile(target)]);
    expect(after.subarray(0, size).equals(before)).toBe(true);
    expect((await run(`image pull lab ${target}`)).code).toBe(2);
  });

  it('has versions that are retired, restored, checked and deleted', async () => {
    await well('image update lab --os Debian -c guest-agent');
    expect(await json('image recommend -c guest-agent')).toMatchObject([
      { image: 'lab', missing: [] },
      { image: 'tidy' },
    ]);
    expect((await well('image matrix')).out).toMatch(/guest-agent/i);
    await well('image fsck');
    expect(await json('image gc --dry-run')).toMatchObject({ state: 'done', kind: expect.any(String) });
    expect(await json('repository show')).toMatchObject({ lastFsck: { findings: [] } });
    await well('image promote lab 1 --channel pilot');
    await well('image rm-channel lab pilot --yes');
    await well('image rm-channel lab stable --yes');
    await well('image retire lab 1');
    await well('image restore lab 1');
    expect(await json('image ls lab')).toMatchObject([{ number: 1, state: 'available' }]);
    await well('image rm tidy --yes');
  });
});

describe('a workspace', () => {
  it('is made, governed by a policy, assigned and explained', async () => {
    await well('image promote lab 1');
    await well('workspace create desk --image lab');
    await well('workspace update desk --description Desk --support-contact help@example.org');
    const shown = await well('policy show desk');
    const file = join(atelier.state, '..', 'policy.yaml');
    await writeFile(file, shown.out.replace(/vcpus: 1/, 'vcpus: 2'));
    await atelier.run(['policy', 'commit', 'desk', file, '-m', 'two processors']);
    expect(await json('policy show desk')).toMatchObject({ vm: { vcpus: 2 } });
    await well('policy rollback desk 1');
    expect((await json<unknown[]>('policy ls desk')).length).toBe(3);
    const made = await json<{ id: string }>('assignment create desk --group everyone --offline-limit 7d');
    expect(made).toMatchObject({ offlineLimitMinutes: 10_080 });
    await well(`assignment update ${made.id} --clipboard both`);
    expect(await json('workspace effective desk anna')).toEqual(
      expect.arrayContaining([expect.objectContaining({ field: 'clipboard', value: 'both' })]),
    );
    await well('workspace clone desk desk2');
    await well('workspace rm desk2 --yes');
    expect((await well('workspace ls -o name')).out).toBe('desk\n');
    expect(await json('assignment ls -w desk')).toHaveLength(1);
  });
});

describe('computers', () => {
  it('are listed, renamed and enrolled by one command', async () => {
    const [one] = await json<{ name: string; id: string }[]>('endpoint ls');
    await well(`endpoint rename ${one!.id} first-desk`);
    expect(await json('endpoint show first-desk')).toMatchObject({ id: one!.id, state: 'online' });
    expect(await json('endpoint instances')).toEqual(expect.any(Array));
    expect((await well('endpoint token')).out).toMatch(/atelier client enroll/);
  });

  it('sign people in and list their workspaces', async () => {
    await well('sign-in anna --password-stdin', 'another long password\n');
    const status = await json<{ user: { name: string }; workspaces: { name: string }[] }>('status');
    expect(status.user.name).toBe('anna');
    expect(status.workspaces.map((one) => one.name)).toEqual(['desk']);
    await well('client status');
    await well('client refresh');
    expect((await run('start nothing')).code).toBe(3);
    // Six megabytes of noise do not boot, but they can be fetched.
    await well('fetch desk');
    expect((await well('logs -n 20')).out).not.toBe('');
    const bundle = join(atelier.state, '..', 'bundle.tar.gz');
    await well(`diagnostics --to ${bundle}`);
    expect((await stat(bundle)).size).toBeGreaterThan(100);
    await well('sign-out');
  });
});

describe('observation', () => {
  it('lists events, tasks, the audit log and the status report', async () => {
    expect((await json<unknown[]>('event ls')).length).toBeGreaterThan(3);
    expect((await json<unknown[]>('event kinds')).length).toBeGreaterThan(10);
    const tasks = await json<{ id: string; state: string }[]>('task ls');
    expect(tasks.length).toBeGreaterThan(2);
    await well(`task show ${tasks[0]!.id}`);
    await well(`task log ${tasks[0]!.id}`);
    await well(`task wait ${tasks[0]!.id}`);
    expect((await json<{ verb: string }[]>('audit ls')).map((one) => one.verb)).toContain('workspace.create');
    await well('audit verify');
    await well('report status');
  });

  it('follows events until Ctrl-C', async () => {
    const tail = atelier.start('event', 'tail', '--last', '0', '-o', 'json');
    // What happens while it listens, in another command, arrives.
    const acting = setInterval(() => void run('sign-in anna --password-stdin', 'a wrong password\n'), 1500);
    try {
      await tail.printed(/"code":\d+/);
    } finally {
      clearInterval(acting);
    }
    tail.signal('SIGINT');
    expect(await tail.ended).toBe(130);
  });

  it('finds nothing wrong with this machine that would need repair', async () => {
    const findings = await json<{ check: string; state: string }[]>('doctor');
    expect(findings.filter((one) => one.state === 'error')).toEqual([]);
    expect(findings.map((one) => one.check)).toEqual(
      expect.arrayContaining([
        'node',
        'packages',
        'kvm',
        'disk space',
        'tls',
        'clock',
        'server',
        'repository',
        'client',
      ]),
    );
  });
});

describe('the server’s own commands', () => {
  it('make links and backups while it runs', async () => {
    expect((await well('server setup-link -o name')).out).toMatch(/^https:\S+#token=\S+\n$/);
    const archive = join(atelier.state, '..', 'backup.tar');
    await well(`server backup ${archive}`);
    expect((await stat(archive)).mode & 0o777).toBe(0o600);
    expect((await run(`server restore ${archive}`)).code).toBe(1);
    // Into a folder of its own it comes back whole: the owner signs in there with the same password.
    const other = await makeAtelier();
    try {
      const restored = await other.run(['server', 'restore', archive]);
      expect(restored, restored.err).toMatchObject({ code: 0 });
      const second = other.up();
      await second.printed(ready);
      expect(second.output()).not.toContain('setup#token');
      const signedIn = await other.run(['login', '-u', 'admin', '--password-stdin'], `${password}\n`);
      expect(signedIn, signedIn.err).toMatchObject({ code: 0 });
      expect(await other.json('workspace', 'ls')).toMatchObject([{ name: 'desk' }]);
      second.signal('SIGTERM');
      expect(await second.ended).toBe(0);
    } finally {
      await other.remove();
    }
  });
});

describe('completion', () => {
  it('knows commands and live names', async () => {
    expect((await well('__complete -- image show ')).out).toBe('lab\n');
    expect((await well('__complete -- start ')).code).toBe(0);
    expect((await well('__complete -- workspace effective desk a')).out).toBe('admin\nanna\n');
  });

  it('works within bash', async () => {
    const script = (await well('completion bash')).out;
    const asked = `${script}\nCOMP_WORDS=("${join(import.meta.dirname, '../bin/atelier.mjs')}" image sh) COMP_CWORD=2\n_atelier\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
    const done = spawnSync('bash', ['-c', asked], { env: atelier.env, encoding: 'utf8', timeout: 30_000 });
    expect(done.stdout).toBe('show\n');
  });

  it('gives scripts that the other shells can read', async () => {
    for (const shell of ['zsh', 'fish']) expect((await well(`completion ${shell}`)).out).toContain('__complete');
    expect((await run('completion tcsh')).code).toBe(2);
  });
});

describe('signing out', () => {
  it('ends the session on the server and forgets the secret', async () => {
    await well('logout');
    expect((await run('whoami')).code).toBe(4);
    expect(await json('context ls')).toMatchObject([{ signedIn: false }]);
  });
});
