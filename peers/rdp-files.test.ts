import { execFile } from 'node:child_process';
import { createPrivateKey, createSign, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { desktopSettings, signRdpFile } from '@atelier/tswp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// OpenSSL judges what `.rdp` files are signed with: their layout is not specified, the PKCS #7 in them is.

const run = promisify(execFile);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rdp-files-'));
  const subject = ['-subj', '/CN=Publisher of désktops', '-days', '30', '-addext', 'extendedKeyUsage=codeSigning'];
  await run(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-utf8', ...subject, '-keyout', 'key.pem', '-out', 'cert.pem'],
    { cwd: folder },
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function signed() {
  const key = createPrivateKey(await readFile(join(folder, 'key.pem')));
  const certificate = new X509Certificate(await readFile(join(folder, 'cert.pem')));
  return signRdpFile(desktopSettings({ address: 'désk.example.org', credSsp: true, loadBalanceInfo: 'tsv://Office' }), {
    certificates: [certificate.raw],
    sign: (bytes) => createSign('sha256').update(bytes).sign(key),
  });
}

/** Takes a signed file apart as the client does: lines by the names of the scope, then the scope. */
function takeApart(lines: readonly string[]) {
  const value = (name: string) => lines.find((line) => line.startsWith(`${name}:s:`))!.slice(name.length + 3);
  const scope = value('signscope');
  const inScope = scope.split(',').map((name) => lines.find((line) => line.startsWith(`${name.toLowerCase()}:`))!);
  const content = Buffer.from(`${[...inScope, `signscope:s:${scope}`].join('\r\n')}\r\n\0`, 'utf16le');
  const blob = Buffer.from(value('signature'), 'base64');
  return { scope, content, blob, signature: blob.subarray(12) };
}

const verify = async (content: Buffer, signature: Buffer) => {
  await writeFile(join(folder, 'content'), content);
  await writeFile(join(folder, 'signature'), signature);
  const what = ['-inform', 'DER', '-in', 'signature', '-content', 'content', '-CAfile', 'cert.pem', '-purpose', 'any'];
  return run('openssl', ['cms', '-verify', '-binary', ...what, '-out', 'out'], { cwd: folder });
};

describe('signed .rdp files', () => {
  it('are signed so that OpenSSL verifies them', async () => {
    const { content, blob, signature } = takeApart(await signed());
    expect(blob.readUInt32LE(0)).toBe(0x0001_0001);
    expect(blob.readUInt32LE(8)).toBe(signature.length);
    await verify(content, signature);
  });

  it('name everything that a client wants signed', async () => {
    const { scope } = takeApart(await signed());
    expect(scope).toMatch(/^Full Address,Alternate Full Address,Use Redirection Server Name,/);
    expect(scope).toContain('LoadBalanceInfo');
  });

  it('do not verify after a change', async () => {
    const lines = (await signed()).map((line) => line.replace('désk', 'evil'));
    const { content, signature } = takeApart(lines);
    await expect(verify(content, signature)).rejects.toThrow(/[Vv]erification failure/);
  });
});
