import { execFile } from 'node:child_process';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OwnAccounts } from '../apps/agent/index.ts';
import { type AgentProcess, password, startAgentProcess, user } from './agent/agent-process.ts';
import { pywinrm } from './agent/pywinrm.ts';
import { type Kdc, startKdc } from './support/kdc.ts';

// Logons that are proved by more than a password in a header: NTLM with pywinrm, which seals its messages, and Kerberos with curl and a real KDC.

const run = promisify(execFile);
const identify = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header/><s:Body><i:Identify xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"/></s:Body></s:Envelope>`;
let agent: AgentProcess;
let kdc: Kdc;
beforeAll(async () => {
  kdc = await startKdc();
  // Messages in clear are refused over HTTP: what gets through was sealed.
  agent = await startAgentProcess({}, { Service: { AllowUnencrypted: false } });
  await new OwnAccounts(agent.folder).set(user, password);
  await kdc.addUser(user, 'Kerberos-1');
  await copyFile(await kdc.addServices('HTTP/localhost'), join(agent.folder, 'krb5.keytab'));
});
afterAll(async () => {
  await agent?.stop();
  await kdc?.stop();
});

describe('NTLM with pywinrm over HTTP', () => {
  it('seals what it sends and opens what it gets', async () => {
    // Debian's NTLM for Python wants MD4 of OpenSSL, which has it only among its old algorithms.
    const conf = join(agent.folder, 'openssl.cnf');
    await writeFile(conf, 'openssl_conf = a\n[a]\nproviders = b\n[b]\ndefault = c\nlegacy = c\n[c]\nactivate = 1\n');
    const result = await pywinrm(
      agent,
      `
p = protocol(os.environ['AGENT_HTTP'], transport='ntlm', message_encryption='always')
shell = p.open_shell(codepage=65001)
out = run(p, shell, 'echo sealed; head -c 1000000 /dev/zero | wc -c')
p.close_shell(shell)
try: protocol(os.environ['AGENT_HTTP'], transport='ntlm', password='wrong').open_shell(); last = 'opened'
except InvalidCredentialsError: last = 'refused'
print(json.dumps([out[0].decode(), out[2], last]))`,
      { OPENSSL_CONF: conf },
    );
    expect(result).toEqual(['sealed\n1000000\n', 0, 'refused']);
  });
});

describe('Kerberos with curl over HTTPS', () => {
  const curl = async (env: Readonly<Record<string, string>>): Promise<{ status: string; text: string }> => {
    const args = [
      '--silent',
      '--negotiate',
      '-u',
      ':',
      '--cacert',
      join(agent.folder, 'tls.crt'),
      '--data-binary',
      identify,
    ];
    const more = ['-H', 'Content-Type: application/soap+xml;charset=UTF-8', '-w', '\n%{http_code}'];
    const url = agent.https.replace('127.0.0.1', 'localhost');
    const { stdout } = await run('curl', [...args, ...more, url], { env: { PATH: '/usr/bin:/bin', ...env } });
    const lines = stdout.split('\n');
    return { status: lines.at(-1)!, text: lines.slice(0, -1).join('\n') };
  };
  it('logs on with a ticket, and not without', async () => {
    const cache = await kdc.login(user, 'Kerberos-1');
    const known = await curl({ ...kdc.env, KRB5CCNAME: cache });
    expect(known.status).toBe('200');
    expect(known.text).toContain('Atelier: 0.0.0-test');
    const none = await curl({ ...kdc.env, KRB5CCNAME: `FILE:${agent.folder}/none` });
    expect(none.status).toBe('401');
  });
});
