import { execFile } from 'node:child_process';
import { randomBytes, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ntHash, subjectPublicKey } from '@atelier/spnego';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NlaServer, startNlaServer } from './spnego/nla-server.ts';
import { startVirtualDisplay, type VirtualDisplay } from './support/virtual-display.ts';

const run = promisify(execFile);
const password = 'Grün & gut 7';

describe('FreeRDP’s Network Level Authentication', () => {
  let folder: string;
  let display: VirtualDisplay;
  let server: NlaServer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atelier-nla-'));
    display = await startVirtualDisplay();
    const files = { key: join(folder, 'key.pem'), cert: join(folder, 'cert.pem') };
    const what = ['-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-days', '2'];
    await run('openssl', ['req', '-x509', ...what, '-keyout', files.key, '-out', files.cert]);
    const pem = { key: await readFile(files.key, 'utf8'), cert: await readFile(files.cert, 'utf8') };
    server = await startNlaServer(pem, {
      now: Date.now,
      random: (length) => new Uint8Array(randomBytes(length)),
      ntlm: { computerName: 'ATELIER', ntHash: ({ user }) => (user === 'carol' ? ntHash(password) : null) },
      publicKey: subjectPublicKey(new X509Certificate(pem.cert).raw),
    });
  });
  afterAll(async () => {
    await server?.close();
    await display?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** What the client says; it always ends with an error, because there is no desktop behind the logon. */
  const connect = async (secret: string): Promise<string> => {
    const args = [`/v:127.0.0.1:${server.port}`, '/u:carol', '/d:CORP', `/p:${secret}`];
    const env = { ...process.env, DISPLAY: display.name, HOME: folder, LC_ALL: 'C.UTF-8' };
    const ended = await run('xfreerdp', [...args, '/cert:ignore', '/sec:nla', '+auth-only'], {
      env,
      timeout: 30_000,
    }).then(
      () => ({ stdout: '', stderr: '' }),
      (error: { stdout: string; stderr: string }) => error,
    );
    return ended.stdout + ended.stderr;
  };

  it('logs on by NTLM in version 6 and hands its password over', async () => {
    expect(await connect(password)).not.toContain('LOGON_FAILURE');
    expect(server.logons).toEqual([
      { name: 'CORP\\carol', version: 6, credentials: { domain: 'CORP', user: 'carol', password } },
    ]);
  });
  it('is told when its password is wrong', async () => {
    expect(await connect('wrong')).toContain('LOGON_FAILURE');
    expect([server.logons.length, server.refusals]).toEqual([1, ['spnego.refused']]);
  });
});
