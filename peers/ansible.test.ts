import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OwnAccounts } from '../apps/agent/index.ts';
import { type AgentProcess, password, startAgentProcess, user } from './agent/agent-process.ts';
import { type Kdc, startKdc } from './support/kdc.ts';

// Debian's Ansible against an agent that runs PowerShell's encoded commands with the user's shell, since Ansible wraps every command in one.

const ticketed = 'Kerberos-1';
let agent: AgentProcess;
let kdc: Kdc;
let folder: string;
let cache: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-ansible-'));
  kdc = await startKdc();
  agent = await startAgentProcess(undefined, { encodedCommands: 'shell' });
  await new OwnAccounts(agent.folder).set(user, password);
  await kdc.addUser(user, ticketed);
  await copyFile(await kdc.addServices('HTTP/localhost'), join(agent.folder, 'krb5.keytab'));
  cache = await kdc.login(user, ticketed);
  // Debian's NTLM for Python wants MD4 of OpenSSL, which has it only among its old algorithms.
  const openssl = 'openssl_conf = a\n[a]\nproviders = b\n[b]\ndefault = c\nlegacy = c\n[c]\nactivate = 1\n';
  await writeFile(join(folder, 'openssl.cnf'), openssl);
});
afterAll(async () => {
  await agent?.stop();
  await kdc?.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Result {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly rc?: number;
  readonly unreachable?: boolean;
  readonly msg?: string;
}

/** Runs `command` by Ansible's raw module on the same agent under each name, which stands for a way to log on. */
async function raw(command: string): Promise<Readonly<Record<string, Result>>> {
  const secure = new URL(agent.https).port;
  const open = new URL(agent.http).port;
  const hosts = {
    basic: { port: secure, scheme: 'https', transport: 'ssl', password },
    ntlm: { port: open, scheme: 'http', transport: 'ntlm', password, encryption: 'always' },
    'ntlm-tls': { port: secure, scheme: 'https', transport: 'ntlm', password },
    kerberos: { port: secure, scheme: 'https', transport: 'kerberos', mode: 'manual' },
    wrong: { port: secure, scheme: 'https', transport: 'ssl', password: 'wrong' },
  };
  const entries = Object.entries(hosts).map(([name, one]) => [
    name,
    {
      ansible_host: 'localhost',
      ansible_connection: 'winrm',
      ansible_shell_type: 'powershell',
      ansible_user: user,
      ansible_port: Number(one.port),
      ansible_winrm_scheme: one.scheme,
      ansible_winrm_transport: one.transport,
      ansible_winrm_ca_trust_path: join(agent.folder, 'tls.crt'),
      ansible_winrm_server_cert_validation: 'validate',
      ...('password' in one ? { ansible_password: one.password } : {}),
      ...('mode' in one ? { ansible_winrm_kinit_mode: one.mode } : {}),
      ...('encryption' in one ? { ansible_winrm_message_encryption: one.encryption } : {}),
    },
  ]);
  // JSON is YAML.
  await writeFile(join(folder, 'hosts.yml'), JSON.stringify({ all: { hosts: Object.fromEntries(entries) } }));
  const results = await mkdtemp(join(folder, 'results-'));
  const child = spawn('/usr/bin/ansible', ['all', '-i', 'hosts.yml', '-m', 'raw', '-t', results, '-a', command], {
    cwd: folder,
    env: {
      ...kdc.env,
      PATH: '/usr/bin:/bin',
      HOME: folder,
      LC_ALL: 'C.UTF-8',
      KRB5CCNAME: cache,
      OPENSSL_CONF: join(folder, 'openssl.cnf'),
      PYTHONWARNINGS: 'ignore',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let words = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      words += chunk;
    });
  await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  const found: Record<string, Result> = {};
  for (const name of await readdir(results)) found[name] = JSON.parse(await readFile(join(results, name), 'utf8'));
  if (Object.keys(found).length === 0) throw new Error(`ansible told nothing: ${words}`);
  return found;
}

describe('ansible’s raw module', () => {
  it('runs a command by Basic, NTLM and Kerberos, with its output, errors, exit code and Unicode; a wrong password is refused', async () => {
    const found = await raw('echo out; echo "é 漢 🎉"; id -un; echo err >&2; exit 3');
    const ran = { stdout: expect.stringMatching(`^out\\r?\\né 漢 🎉\\r?\\n${user}\\r?\\n$`), rc: 3 };
    for (const name of ['basic', 'ntlm', 'ntlm-tls', 'kerberos']) {
      expect({ name, ...found[name] }).toMatchObject({ name, ...ran });
      expect(found[name]?.stderr).toContain('err');
    }
    expect(found.wrong).toMatchObject({ unreachable: true, msg: expect.stringContaining('rejected by the server') });
  });

  it('brings back 2 MB', async () => {
    const found = await raw('yes 0123456789abcde | head -c 2000000');
    const expected = '0123456789abcde\n'.repeat(125_000);
    for (const name of ['basic', 'ntlm', 'ntlm-tls', 'kerberos']) {
      expect(found[name]?.rc, name).toBe(0);
      expect(found[name]?.stdout === expected, name).toBe(true);
    }
  });
});
