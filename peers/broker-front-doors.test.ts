import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newId } from '@atelier/adapters/postgres';
import { writeCleanPathRequest } from '@atelier/rdcleanpath';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type BrokerLab, brokerLab, password } from './rdp-lab/broker-lab.ts';
import { startRdpClient } from './rdp-lab/rdp-client.ts';
import { startXrdpHost, type XrdpHost } from './rdp-lab/xrdp-host.ts';
import { Caller, until } from './server/caller.ts';
import { startBrowser, type TestBrowser } from './support/browser.ts';
import { buildConsole } from './support/build-console.ts';
import { desktopColour, roomBeside, sameColour } from './support/desktop-canvas.ts';
import { selfMadeCertificate } from './support/self-made-certificate.ts';

// The ways to a desktop beside port 3389: signed files, which OpenSSL verifies and xfreerdp opens; the feed, which curl fetches and Python's parser reads;
// the desktop in Chromium. One real xrdp host stands behind all of them.

const run = promisify(execFile);
const colour = 0x483d8b;
let lab: BrokerLab;
let host: XrdpHost;
let folder: string;
let office: string;
let alice: Caller;
let bob: Caller;
let elsewhere: string;

beforeAll(async () => {
  buildConsole();
  folder = await mkdtemp(join(tmpdir(), 'front-doors-'));
  lab = await brokerLab();
  host = await startXrdpHost(lab.network, { name: `h${process.pid}`, colour, password, users: ['alice', 'typist'] });
  lab.later(host.kill);
  await lab.addUsers('alice', 'bob', 'typist');
  const made = await lab.owner.post('/api/v1/users', { name: 'carol', password: 'plain letters 7' });
  expect(made.status).toBe(201);
  office = await lab.addCollection('Main Office', [host]);
  const { db } = lab.database;
  await db
    .insertInto('setting')
    .values({ key: 'broker.address', value: JSON.stringify(lab.network.here) })
    .execute();
  await db
    .insertInto('broker_application')
    .values({ id: '0'.repeat(26), collection_id: office, alias: 'calc', title: 'Calc <&> "é"', command_line: 'xcalc' })
    .execute();
  elsewhere = (await lab.network.addMachine()).namespace;
  const anonymous = new Caller(lab.server.url, lab.server.ca);
  alice = anonymous.bearer((await anonymous.post('/api/v1/session', { name: 'alice', password })).body.secret);
  bob = anonymous.bearer((await anonymous.post('/api/v1/session', { name: 'bob', password })).body.secret);
  await writeFile(join(folder, 'ca.pem'), lab.server.ca);
}, 60_000);
afterAll(async () => {
  await lab?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** Takes a signed file apart as the client does: lines by the names of the scope, then the scope. */
function takeApart(text: string) {
  const lines = text.replace(/^\ufeff/, '').split('\r\n');
  const value = (name: string) => lines.find((line) => line.startsWith(`${name}:s:`))!.slice(name.length + 3);
  const scope = value('signscope');
  const inScope = scope.split(',').map((name) => lines.find((line) => line.startsWith(`${name.toLowerCase()}:`))!);
  const content = Buffer.from(`${[...inScope, `signscope:s:${scope}`].join('\r\n')}\r\n\0`, 'utf16le');
  return { content, signature: Buffer.from(value('signature'), 'base64').subarray(12) };
}

const curl = async (path: string, ...words: readonly string[]) => {
  const to = [
    '--resolve',
    `localhost:443:127.0.0.1`,
    '--cacert',
    join(folder, 'ca.pem'),
    '-s',
    '-i',
    '--max-time',
    '15',
  ];
  const { stdout } = await run('curl', [...to, ...words, lab.server.url + path], { encoding: 'buffer' });
  // With NTLM curl prints the answer to each step: the last one counts.
  const text = stdout.toString('latin1');
  const last = text.lastIndexOf('HTTP/1.1 ');
  const end = text.indexOf('\r\n\r\n', last);
  return {
    status: Number(text.slice(last + 9, last + 12)),
    head: text.slice(last, end).toLowerCase(),
    body: stdout.subarray(end + 4),
  };
};
const asAlice = ['-u', `alice:${password}`];
// curl's NTLM takes a password's bytes for its letters: one beyond ASCII it cannot prove.
const asCarol = ['-u', 'carol:plain letters 7'];
const feed = '/RDWeb/Feed/webfeed.aspx';

/** What Python's parser reads of a feed: version, and of each resource its title, kind, and the address of its file. */
async function readFeed(xml: Buffer) {
  await writeFile(join(folder, 'feed.xml'), xml);
  const script = `
import json, sys, xml.etree.ElementTree as tree
ns = {'t': 'http://schemas.microsoft.com/ts/2007/05/tswf'}
root = tree.parse(sys.argv[1]).getroot()
print(json.dumps({'version': root.get('SchemaVersion'), 'resources': [
  [one.get('Title'), one.get('Type'), one.find('.//t:ResourceFile', ns).get('URL'), one.find('.//t:IconRaw', ns).get('FileURL'), one.find('.//t:Icon32', ns).get('FileURL')]
  for one in root.findall('.//t:Resource', ns)]}))`;
  const { stdout } = await run('python3', ['-c', script, join(folder, 'feed.xml')]);
  return JSON.parse(stdout) as { version: string; resources: [string, string, string, string, string][] };
}

describe('a signed .rdp file', () => {
  it('is verified by OpenSSL with the authority of the server, for signing code', async () => {
    const reply = await alice.get(`/api/v1/my/desktops/${office}/file.rdp`);
    expect(reply.status).toBe(200);
    const { stdout } = await run(
      'curl',
      [
        '-s',
        '-k',
        '-H',
        `authorization: ${alice.headers.authorization}`,
        `${lab.server.url}/api/v1/my/desktops/${office}/file.rdp`,
      ],
      { encoding: 'buffer' },
    );
    const { content, signature } = takeApart(stdout.toString('utf16le'));
    await writeFile(join(folder, 'content'), content);
    await writeFile(join(folder, 'signature'), signature);
    const words = ['-inform', 'DER', '-in', 'signature', '-content', 'content', '-CAfile', 'ca.pem', '-purpose', 'any'];
    await run('openssl', ['cms', '-verify', '-binary', ...words, '-signer', 'signer.pem', '-out', 'out'], {
      cwd: folder,
    });
    const { stdout: shown } = await run('openssl', ['x509', '-in', 'signer.pem', '-noout', '-text'], { cwd: folder });
    expect(shown).toContain('Code Signing');
    expect(shown).toContain('Public-Key: (3072 bit)');
  });

  it('takes xfreerdp to the desktop', async () => {
    const { stdout } = await run(
      'curl',
      [
        '-s',
        '-k',
        '-H',
        `authorization: ${alice.headers.authorization}`,
        `${lab.server.url}/api/v1/my/desktops/${office}/file.rdp`,
      ],
      { encoding: 'buffer' },
    );
    const path = join(folder, 'desktop.rdp');
    await writeFile(path, stdout);
    const client = await startRdpClient(elsewhere, [
      path,
      '/u:alice',
      `/p:${password}`,
      '/cert:ignore',
      '/size:900x700',
      '-f',
    ]);
    try {
      await client.sees([colour]);
    } finally {
      await client.close();
    }
  });
});

describe('the workspace feed', () => {
  it('lists desktops and programs to whoever signs in by password or NTLM, in the version that is asked for', async () => {
    const plain = await curl(feed, ...asAlice);
    expect(plain.status).toBe(200);
    expect(plain.head).toContain('content-type: text/xml; charset=utf-8');
    const first = await readFeed(plain.body);
    expect(first.version).toBe('1.1');
    expect(first.resources.map(([title, kind]) => [title, kind])).toEqual([
      ['Main Office', 'Desktop'],
      ['Calc <&> "é"', 'RemoteApp'],
    ]);
    const radc = ['-H', 'Accept: application/x-msts-radc+xml;radc_schema_version=2.0'];
    const ntlm = await curl(feed, '--ntlm', ...asCarol, ...radc);
    expect(ntlm.status).toBe(200);
    expect(ntlm.head).toContain('application/x-msts-radc+xml');
    expect((await readFeed(ntlm.body)).version).toBe('2.0');
  });

  it('refuses wrong passwords and strangers with a challenge, and tells nobody what is not theirs', async () => {
    expect((await curl(feed)).status).toBe(401);
    const wrong = await curl(feed, '-u', 'bob:wrong');
    expect(wrong.status).toBe(401);
    expect(wrong.head).toContain('www-authenticate: ntlm');
    expect((await curl(feed, '--ntlm', '-u', 'bob:wrong')).status).toBe(401);
    for (const path of ['01ARZ3NDEKTSV4RRFFQ69G5FAV.rdp', `${office}-nothing.rdp`, '../../../etc/passwd', 'x.rdp'])
      expect((await curl(`/RDWeb/Pages/rdp/${path}`, '--path-as-is', ...asAlice)).status, path).toBeGreaterThanOrEqual(
        400,
      );
    await lab.database.db.updateTable('broker_collection').set({ enabled: false }).where('id', '=', office).execute();
    expect((await curl(`/RDWeb/Pages/rdp/${office}.rdp`, ...asAlice)).status).toBe(404);
    expect((await readFeed((await curl(feed, ...asAlice)).body)).resources).toEqual([]);
    await lab.database.db.updateTable('broker_collection').set({ enabled: true }).where('id', '=', office).execute();
  });

  it('signs native clients in by a cookie that only they hold, and gives files and icons for it', async () => {
    const native = ['-A', 'TSWorkspace/2.0', '-H', 'Accept: application/x-msts-radc+xml;radc_schema_version=2.1'];
    const sent = await curl(feed, ...native);
    expect(sent.status).toBe(302);
    const login = /location: (\S+)/.exec(sent.head)![1]!;
    expect(login).toBe(`/rdweb/feedlogin/webfeedlogin.aspx?returnurl=${encodeURIComponent(feed).toLowerCase()}`);
    const path = '/RDWeb/FeedLogin/WebFeedLogin.aspx';
    expect((await curl(path, ...native)).status).toBe(401);
    const signedIn = await curl(path, ...native, '--ntlm', ...asCarol);
    expect(signedIn.status).toBe(200);
    expect(signedIn.head).toContain('content-type: application/x-msts-webfeed-login; charset=utf-8');
    expect(signedIn.head).toMatch(/set-cookie: \.aspxauth=[^\r]*; path=\/rdweb; httponly; secure; samesite=strict/);
    const cookie = ['-b', `.ASPXAUTH=${signedIn.body.toString()}`];
    const listed = await readFeed((await curl(feed, ...native, ...cookie)).body);
    expect(listed.version).toBe('2.1');
    const [, , rdp, ico, png] = listed.resources[1]!;
    const file = await curl(rdp, ...native, ...cookie);
    expect(file.head).toContain('content-type: application/x-rdp');
    expect(file.body.toString('utf16le')).toContain('remoteapplicationprogram:s:||calc');
    await writeFile(join(folder, 'icon.ico'), (await curl(ico, ...native, ...cookie)).body);
    await writeFile(join(folder, 'icon.png'), (await curl(png, ...native, ...cookie)).body);
    const { stdout } = await run('identify', ['-format', '%m %wx%h\n', 'ico:icon.ico', 'png:icon.png'], {
      cwd: folder,
    });
    expect(stdout.trim().split('\n')).toEqual(['PNG 32x32', 'PNG 32x32']);
    const forged = signedIn.body
      .toString()
      .replace(/\.(.)([^.]*)$/, (_, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}`);
    expect((await curl(feed, ...native, '-b', `.ASPXAUTH=${forged}`)).status).toBe(302);
  });
});

/** A WebSocket of the API as alice or bob, and its first message that is not about progress. */
async function webSocket(who: Caller, path: string, first?: Uint8Array) {
  const socket = new WebSocket(lab.server.url.replace('https', 'wss') + path, {
    ca: lab.server.ca,
    headers: who.headers,
  });
  const answer = new Promise<Buffer>((resolve, reject) => {
    socket.on('error', reject).on('close', () => reject(new Error('closed')));
    socket.on('message', (data: Buffer) => data.toString('latin1').startsWith('{"kind":"status"') || resolve(data));
  });
  if (first) socket.on('open', () => socket.send(first));
  return answer.finally(() => socket.terminate());
}

describe('the gateway', () => {
  const screen = () => `/api/v1/my/desktops/${office}/screen`;
  const opening = Buffer.from('030000130ee000000000000100080001000000', 'hex');
  const asking = (token: string) =>
    writeCleanPathRequest({ destination: 'h1:3389', proxyAuth: token, x224ConnectionPdu: opening });

  it('opens a target with the token of its own user only', async () => {
    const ready = JSON.parse(
      (await webSocket(alice, `/api/v1/my/desktops/${office}/prepare?width=800&height=600`)).toString(),
    );
    expect(ready, JSON.stringify(ready)).toMatchObject({ kind: 'ready', target: host.name, credentials: null });
    const stolen = await webSocket(bob, screen(), asking(ready.token));
    // Field 1: an error, in it HTTP's 403.
    expect(stolen.toString('hex')).toMatch(/^30.*a1.*02020193/);
    const made = await webSocket(alice, screen(), asking('A'.repeat(32)));
    expect(made.toString('hex')).toMatch(/^30.*a1.*02020193/);
    const opened = await webSocket(alice, screen(), asking(ready.token));
    // The target's answer and its own certificate come back.
    expect(opened.includes(Buffer.from('030000130ed0', 'hex'))).toBe(true);
    const shown = opened.subarray(opened.indexOf(Buffer.from('a7', 'hex')));
    const at = shown.indexOf(Buffer.from('3082', 'hex'), 8);
    expect(new X509Certificate(shown.subarray(at, at + 4 + shown.readUInt16BE(at + 2))).subject).not.toBe('');
    const refused = webSocket(alice, `/api/v1/my/desktops/01ARZ3NDEKTSV4RRFFQ69G5FAV/prepare?width=800&height=600`);
    await expect(refused).rejects.toThrow('404');
  });

  it('opens no target that shows another certificate than its host has told of, and writes it down', async () => {
    const { db } = lab.database;
    const id = newId();
    const address = `https://${host.address}:5986`;
    await db
      .insertInto('host')
      .values({ id, name: 'told', address, sign_in: '{}', trust: '{}', collect_events: false })
      .execute();
    const target = () => db.updateTable('broker_target').where('name', '=', host.name);
    await target()
      .set({ host_id: id, certificate_fingerprint: 'ab'.repeat(32) })
      .execute();
    try {
      const ready = JSON.parse(
        (await webSocket(alice, `/api/v1/my/desktops/${office}/prepare?width=800&height=600`)).toString(),
      );
      const refused = await webSocket(alice, screen(), asking(ready.token));
      // Field 1: an error, in it 495.
      expect(refused.toString('hex')).toMatch(/^30.*a1.*020201ef/);
      const [audited] = await db
        .selectFrom('audit_entry')
        .selectAll()
        .where('verb', '=', 'target.refuse-certificate')
        .execute();
      expect(audited).toBeDefined();
    } finally {
      await target().set({ host_id: null, certificate_fingerprint: null }).execute();
      await db.deleteFrom('host').where('id', '=', id).execute();
    }
  });

  it('does not talk to anybody but servers', async () => {
    const order = JSON.stringify({ ask: 'open', userId: '0'.repeat(26), address: '' });
    const { privateKey, certificate } = await selfMadeCertificate(folder);
    for (const words of [[], ['-key', privateKey, '-cert', certificate]]) {
      const talking = run('openssl', ['s_client', '-quiet', '-connect', `${lab.network.here}:3389`, ...words], {
        timeout: 8000,
      });
      talking.child.stdin!.end(`${order}\n`);
      const { stdout } = await talking.catch((error: { stdout: string }) => error);
      expect(stdout).toBe('');
    }
  });
});

it('sends people to a target that nobody said to be up, once it answers', async () => {
  await lab.addCollection('Late', [{ name: 'late', address: host.address, state: 'unknown' }]);
  const target = async () => (await lab.owner.get('/api/v1/targets/late')).body;
  await until(async () => (await target()).takes === 'now');
  expect((await target()).state).toBe('running');
});

describe('the desktop in the browser', () => {
  let browser: TestBrowser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  it('shows the desktop of a real host, takes keys to it, and text both ways by the clipboard', async () => {
    const { page } = browser;
    await browser.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    page.setDefaultTimeout(20_000);
    await page.goto(lab.server.url);
    await page.getByLabel('User name').fill('typist');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    browser.complaints.length = 0;
    await page.goto(`${lab.server.url}/my/desktops/Main%20Office/screen`);
    await page.getByLabel('Password on the desktop').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await until(async () => sameColour(await desktopColour(page), colour)).catch(async (error: unknown) => {
      throw new Error(
        `canvas ${await desktopColour(page)}; ${await page.locator('.vm').innerText()}; ${browser.complaints.join('\n')}`,
        { cause: error },
      );
    });
    // The keyboard that was guessed of the browser's language: xrdp knows by it what keys write.
    expect(await host.read('/var/log/xrdp.log')).toContain('keylayout:[0x00000809]');
    await page.evaluate(() => navigator.clipboard.writeText('and what it holds: é'));
    const desktop = page.getByRole('application');
    await desktop.click({ position: { x: 100, y: 60 } });
    // Neither does the console take its own shortcuts (g, then i; Ctrl+K) out of what is typed there.
    await page.keyboard.press('Control+k');
    const typed = 'hi, git, from the browser and what it holds: é';
    // Until IronRDP has looked into the clipboard and the host has answered, nothing is pasted.
    await until(async () => {
      await page.keyboard.press('Control+u');
      await page.keyboard.type('hi, git, from the browser ', { delay: 15 });
      await page.keyboard.press('Shift+Insert');
      await page.waitForTimeout(300);
      await page.keyboard.press('Enter');
      return (await host.read('/tmp/typed').catch(() => '')) === `${typed}\n`;
    });
    await desktop.click({ position: { x: 60, y: 9 }, clickCount: 3, delay: 60 });
    await until(async () => (await page.evaluate(() => navigator.clipboard.readText())).includes(typed.slice(0, 20)));
    expect(page.url()).toMatch(/screen$/);
    // It fills its place, and no more.
    for (const rest of await roomBeside(page)) {
      expect(rest).toBeGreaterThanOrEqual(0);
      expect(rest).toBeLessThan(8);
    }
    const session = () =>
      lab.database.db
        .selectFrom('broker_session')
        .select('state')
        .where('user_name', '=', 'typist')
        .orderBy('id', 'desc')
        .executeTakeFirst();
    await until(async () => (await session())?.state === 'active');
    // Every key belongs to the desktop, but for the three that lead out.
    await page.keyboard.press('Control+Alt+Shift');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Keys');
    await page.goto(`${lab.server.url}/my`);
    await until(async () => (await session())?.state === 'disconnected');
    expect(browser.complaints).toEqual([]);
  });
});
