import { execFile, spawn } from 'node:child_process';
import { randomBytes, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ntHash, subjectPublicKey } from '@atelier/spnego';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logOnByNla } from './spnego/nla-client.ts';
import { type NlaServer, startNlaServer } from './spnego/nla-server.ts';
import { startVirtualDisplay, type VirtualDisplay } from './support/virtual-display.ts';

const run = promisify(execFile);
const password = 'Grün & gut 7';

const environment = { now: Date.now, random: (length: number) => new Uint8Array(randomBytes(length)) };
let folder: string;
let display: VirtualDisplay;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-nla-'));
  display = await startVirtualDisplay();
});
afterAll(async () => {
  await display?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('FreeRDP’s client', () => {
  let server: NlaServer;

  beforeAll(async () => {
    const files = { key: join(folder, 'key.pem'), cert: join(folder, 'cert.pem') };
    const what = ['-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-days', '2'];
    await run('openssl', ['req', '-x509', ...what, '-keyout', files.key, '-out', files.cert]);
    const pem = { key: await readFile(files.key, 'utf8'), cert: await readFile(files.cert, 'utf8') };
    server = await startNlaServer(pem, {
      ...environment,
      ntlm: { computerName: 'ATELIER', ntHash: ({ user }) => (user === 'carol' ? ntHash(password) : null) },
      publicKey: subjectPublicKey(new X509Certificate(pem.cert).raw),
    });
  });
  afterAll(() => server?.close());

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

describe('FreeRDP’s server', () => {
  let socketFile: string;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    socketFile = join(folder, 'socket');
    const sam = join(folder, 'sam');
    await writeFile(sam, `carol:CORP::${Buffer.from(ntHash(password)).toString('hex')}:::\n`, { mode: 0o600 });
    const args = [`/ipc-socket:${socketFile}`, '/sec:nla', `/sam-file:${sam}`, '+auth'];
    const env = { ...process.env, DISPLAY: display.name, HOME: folder };
    const shadow = spawn('freerdp-shadow-cli', args, { env, stdio: 'ignore' });
    const ended = once(shadow, 'exit');
    stop = async () => {
      shadow.kill('SIGKILL');
      await ended;
    };
    const late = performance.now() + 30_000;
    while (!(await answers(socketFile))) {
      if (shadow.exitCode !== null || performance.now() > late) throw new Error('freerdp-shadow-cli does not listen');
      await setTimeout(50);
    }
  });
  afterAll(() => stop?.());

  const logOn = (secret: string) =>
    logOnByNla(connectSocket(socketFile), {
      ...environment,
      framing: 'raw',
      credentials: [{ kind: 'ntlm', user: 'carol', domain: 'CORP', ntHash: ntHash(secret) }],
      delegate: { domain: 'CORP', user: 'carol', password: secret },
    });

  it('lets us log on by NTLM in version 6', async () => {
    expect(await logOn(password)).toBe(6);
  });
  it('refuses us with a wrong password', async () => {
    await expect(logOn('wrong')).rejects.toThrow(/closed|refused|broke off/);
  });
});

function answers(path: string): Promise<boolean> {
  const socket = connectSocket(path);
  return once(socket, 'connect').then(
    () => Boolean(socket.destroy()),
    () => false,
  );
}
