import { execFile } from 'node:child_process';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentProcess, startAgentProcess, user } from './agent/agent-process.ts';
import { type Kdc, startKdc } from './support/kdc.ts';

// curl --negotiate, by a ticket of a real KDC, sending messages written by hand.

const run = promisify(execFile);
let agent: AgentProcess;
let kdc: Kdc;
let cache: string;
beforeAll(async () => {
  kdc = await startKdc();
  agent = await startAgentProcess({}, { things: true });
  await kdc.addUser(user, 'Kerberos-1');
  await copyFile(await kdc.addServices('HTTP/localhost'), join(agent.folder, 'krb5.keytab'));
  cache = await kdc.login(user, 'Kerberos-1');
});
afterAll(async () => {
  await agent?.stop();
  await kdc?.stop();
});

const enumeration = 'http://schemas.xmlsoap.org/ws/2004/09/enumeration';
const uri = 'http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Test_Thousand';
const envelope = (header: string, body: string) =>
  `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:n="${enumeration}"><s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
const identify = envelope(
  '',
  '<i:Identify xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"/>',
);
const message = (action: string, body: string) =>
  envelope(
    `<a:To>x</a:To><a:Action>${enumeration}/${action}</a:Action><a:MessageID>uuid:1</a:MessageID><w:ResourceURI>${uri}</w:ResourceURI>`,
    body,
  );
const enumerate = message(
  'Enumerate',
  '<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>40</w:MaxElements></n:Enumerate>',
);

/** Posts the bodies one after the other over one connection of curl; gives status and text of each. */
async function curl(
  bodies: readonly string[],
  given: { readonly env?: Readonly<Record<string, string>>; readonly url?: string } = {},
): Promise<readonly { readonly status: string; readonly text: string }[]> {
  const url = given.url ?? agent.https.replace('127.0.0.1', 'localhost');
  const lines: string[] = [];
  for (const [at, body] of bodies.entries()) {
    const file = join(agent.folder, `body-${at}.xml`);
    await writeFile(file, body);
    lines.push(
      ...(at > 0 ? ['next'] : []),
      ...[`url = "${url}"`, 'negotiate', 'user = ":"', 'silent', 'max-time = 20'],
      ...[`cacert = "${join(agent.folder, 'tls.crt')}"`, `data-binary = "@${file}"`],
      ...[
        'header = "Content-Type: application/soap+xml;charset=UTF-8"',
        'write-out = "\\n%{http_code} end of answer\\n"',
      ],
    );
  }
  const config = join(agent.folder, 'curl.conf');
  await writeFile(config, `${lines.join('\n')}\n`, { mode: 0o600 });
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', ...kdc.env, KRB5CCNAME: cache, ...given.env };
  const { stdout } = await run('curl', ['--config', config], { env, maxBuffer: 64 * 1024 * 1024 });
  return [...stdout.matchAll(/([\s\S]*?)\n(\d{3}) end of answer\n/g)].map((one) => ({
    status: one[2]!,
    text: one[1]!,
  }));
}

const count = (text: string) => text.match(/<p:Name>/g)?.length ?? 0;

describe('curl --negotiate with a ticket', () => {
  it('identifies, enumerates and pulls over HTTPS', async () => {
    const [known, first, again] = await curl([identify, enumerate, identify]);
    expect([known?.status, first?.status, again?.status]).toEqual(['200', '200', '200']);
    expect(known?.text).toContain('Atelier: 0.0.0-test');
    expect(count(first?.text ?? '')).toBe(40);
    const context = /<n:EnumerationContext>([^<]+)</.exec(first!.text)![1];
    // Another connection, the same user: the context is the user's.
    const pull = (most: number) =>
      message(
        'Pull',
        `<n:Pull><n:EnumerationContext>${context}</n:EnumerationContext><n:MaxElements>${most}</n:MaxElements></n:Pull>`,
      );
    const pages = await curl([pull(30), pull(50)]);
    expect(pages.map((one) => [one.status, count(one.text)])).toEqual([
      ['200', 30],
      ['200', 50],
    ]);
  });

  it('identifies over HTTP where messages in clear are allowed', async () => {
    const [known] = await curl([identify], { url: agent.http.replace('127.0.0.1', 'localhost') });
    expect(known?.status).toBe('200');
  });
});

describe('curl --negotiate', () => {
  it('is refused without a ticket, and where its realm knows no service of that name', async () => {
    const [none] = await curl([identify], { env: { KRB5CCNAME: `FILE:${agent.folder}/none` } });
    expect(none?.status).toBe('401');
    // The realm has no service of this name, so there is no ticket for it.
    const [other] = await curl([identify], { url: agent.http });
    expect(other?.status).toBe('401');
    // Whoever is refused once is not locked out with the right proof.
    expect((await curl([identify]))[0]?.status).toBe('200');
  });
});
