import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type AcceptorOptions,
  acceptSecurity,
  initiateSecurity,
  type Keytab,
  memoryReplayCache,
  ntHash,
  obtainServiceTicket,
  obtainTicketGrantingTicket,
  parseCredentialCache,
  parseKeytab,
  type SecurityContext,
} from '@atelier/spnego';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GssBegin, type GssPeer, startGssPeer } from './spnego/gss-peer.ts';
import { startLinePeer } from './spnego/line-peer.ts';
import { type NegotiateServer, startNegotiateServer } from './spnego/negotiate-server.ts';
import { type Kdc, startKdc } from './support/kdc.ts';

const run = promisify(execFile);
const environment = { now: Date.now, random: (length: number) => new Uint8Array(randomBytes(length)) };
const password = 'Grün & gut 7';
/** curl takes the octets of a password for letters, so its user has one of ASCII. */
const asciiPassword = 'plain & good 7';
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

let kdc: Kdc;
let folder: string;
let keytab: Keytab;
let keytabFile: string;
let cache: string;
const peers: GssPeer[] = [];

const acceptor = (more: Partial<AcceptorOptions> = {}): AcceptorOptions => ({
  ...environment,
  ntlm: {
    computerName: 'ATELIER',
    dnsName: 'atelier.test',
    ntHash: ({ user }) => {
      const known = { carol: password, erin: asciiPassword }[user.toLowerCase()];
      return known ? ntHash(known) : null;
    },
  },
  kerberos: { keytab, replayCache: memoryReplayCache() },
  ...more,
});

async function peer(how: GssBegin, env: Readonly<Record<string, string>> = {}): Promise<GssPeer> {
  const one = startGssPeer({ ...kdc.env, KRB5CCNAME: `FILE:${cache}`, KRB5_KTNAME: keytabFile, ...env });
  peers.push(one);
  await one.begin(how);
  return one;
}

/** Their initiator against our acceptor. */
async function theyBegin(theirs: GssPeer, ours: SecurityContext): Promise<void> {
  let token: Uint8Array | null = null;
  for (let n = 0; n < 6; n++) {
    const sent = await theirs.step(token);
    if (sent.token.length === 0 && sent.done && ours.done) return;
    token = (await ours.step(sent.token)).token;
    if (!token && sent.done && ours.done) return;
  }
  throw new Error('the logon does not come to an end');
}

/** Our initiator against their acceptor. */
async function weBegin(ours: SecurityContext, theirs: GssPeer): Promise<void> {
  let token: Uint8Array | null = null;
  for (let n = 0; n < 6; n++) {
    const sent = await ours.step(token);
    if (!sent.token) return;
    const answer = await theirs.step(sent.token);
    if (answer.token.length === 0 && sent.done && answer.done) return;
    token = answer.token;
  }
  throw new Error('the logon does not come to an end');
}

async function talk(ours: SecurityContext, theirs: GssPeer): Promise<void> {
  for (const size of [1, 16, 100, 5000]) {
    const plain = environment.random(size);
    expect(await theirs.unwrap(ours.wrap(plain))).toEqual(plain);
    expect(ours.unwrap(await theirs.wrap(plain))).toEqual(plain);
    await theirs.verify(plain, ours.sign(plain));
    ours.verify(plain, await theirs.sign(plain));
  }
}

beforeAll(async () => {
  kdc = await startKdc();
  folder = await mkdtemp(join(tmpdir(), 'atelier-spnego-'));
  await kdc.addUser('alice', password);
  keytabFile = await kdc.addServices('HTTP/localhost', 'host/localhost');
  keytab = parseKeytab(await readFile(keytabFile));
  cache = await kdc.login('alice', password, '-f');
});
afterAll(async () => {
  for (const one of peers) await one.close();
  await kdc?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('curl', () => {
  let server: NegotiateServer;
  beforeAll(async () => {
    server = await startNegotiateServer(acceptor());
  });
  afterAll(() => server.close());
  const curl = async (...args: readonly string[]) => {
    const env = { ...process.env, ...kdc.env, KRB5CCNAME: `FILE:${cache}` };
    const options = ['-sS', '--max-time', '20', '-w', ' %{http_code}', '--noproxy', '*'];
    return (await run('curl', [...options, ...args, server.url], { env })).stdout;
  };

  it('logs on by NTLM, with and without a domain, and posts on', async () => {
    expect(await curl('--ntlm', '-u', `erin:${asciiPassword}`)).toBe('hello erin 200');
    expect(await curl('--ntlm', '-u', `CORP\\Erin:${asciiPassword}`)).toBe('hello CORP\\Erin 200');
    expect(await curl('--ntlm', '-u', `erin:${asciiPassword}`, '--data-binary', 'some body')).toBe('hello erin 200');
  });
  it('is refused by NTLM with a wrong password, an unknown user and no user', async () => {
    const before = server.refusals.length;
    for (const user of ['erin:wrong', `dave:${asciiPassword}`, ':'])
      expect(await curl('--ntlm', '-u', user)).toMatch(/ 401$/);
    expect(server.refusals.slice(before, before + 2)).toEqual(['spnego.refused', 'spnego.refused']);
  });
  it('logs on by Negotiate with a Kerberos ticket of a real KDC', async () => {
    expect(await curl('--negotiate', '-u', ':')).toBe(`hello alice@${kdc.realm} 200`);
    expect(server.identities.at(-1)).toMatchObject({ mechanism: 'kerberos', service: `HTTP/localhost@${kdc.realm}` });
  });
});

describe('MIT’s GSS-API with Kerberos', () => {
  for (const mechanism of ['kerberos', 'spnego'] as const) {
    it(`logs on here (${mechanism}), and messages pass both ways`, async () => {
      const theirs = await peer({ role: 'initiate', mechanism, target: 'HTTP@localhost' });
      const ours = acceptSecurity(acceptor());
      await theyBegin(theirs, ours);
      expect(ours.identity?.name).toBe(`alice@${kdc.realm}`);
      await talk(ours, theirs);
    });
    it(`lets us log on (${mechanism}) with a ticket that we got by password`, async () => {
      const access = { ...environment, exchange: kdc.exchange };
      const granting = await obtainTicketGrantingTicket(access, { realm: kdc.realm, client: 'alice', password });
      const ticket = await obtainServiceTicket(access, granting, ['HTTP', 'localhost']);
      // aes256-cts-hmac-sha384-192 (RFC 8009), which we prefer; MIT's own side begins with RFC 3962's.
      expect(ticket.encryptionType).toBe(20);
      const theirs = await peer({ role: 'accept', mechanism });
      const framing = mechanism === 'spnego' ? 'spnego' : 'raw';
      const ours = initiateSecurity({ ...environment, framing, credentials: [{ kind: 'kerberos', ticket }] });
      await weBegin(ours, theirs);
      expect(await theirs.who()).toBe(`alice@${kdc.realm}`);
      await talk(ours, theirs);
    });
  }
  it('uses every encryption type of AES with us', async () => {
    const usual = await readFile(kdc.env.KRB5_CONFIG!, 'utf8');
    for (const type of ['aes128-cts', 'aes128-sha2', 'aes256-sha2']) {
      const config = join(folder, `krb5-${type}.conf`);
      await writeFile(config, usual.replace(/default_tgs_enctypes = .*/, `default_tgs_enctypes = ${type} aes256-cts`));
      const fresh = await kdc.login('alice', password);
      const how = { role: 'initiate', mechanism: 'spnego', target: 'HTTP@localhost' } as const;
      const theirs = await peer(how, { KRB5_CONFIG: config, KRB5CCNAME: `FILE:${fresh}` });
      const ours = acceptSecurity(acceptor());
      await theyBegin(theirs, ours);
      await talk(ours, theirs);
      expect(ours.sessionKey().length).toBe(type.startsWith('aes128') ? 16 : 32);
    }
  });
  it('lets us log on with a ticket from kinit’s cache', async () => {
    const granting = parseCredentialCache(await readFile(cache)).find((one) => one.service[0] === 'krbtgt')!;
    const access = { ...environment, exchange: kdc.exchange };
    const ticket = await obtainServiceTicket(access, granting, ['host', 'localhost']);
    const theirs = await peer({ role: 'accept', mechanism: 'spnego' });
    const ours = initiateSecurity({ ...environment, credentials: [{ kind: 'kerberos', ticket }] });
    await weBegin(ours, theirs);
    await talk(ours, theirs);
  });
  it('binds to a TLS channel as we do, both ways', async () => {
    const binding = 'tls-server-end-point:0123456789abcdef';
    const strict = { channelBinding: Buffer.from(binding), channelBindingLevel: 'strict' } as const;
    const ours = acceptSecurity(acceptor(strict));
    await theyBegin(await peer({ role: 'initiate', mechanism: 'spnego', target: 'HTTP@localhost', binding }), ours);
    expect(ours.identity?.channelBound).toBe(true);
    const other = await peer({ role: 'initiate', mechanism: 'spnego', target: 'HTTP@localhost', binding: 'other' });
    await expect(theyBegin(other, acceptSecurity(acceptor(strict)))).rejects.toMatchObject({
      code: 'spnego.channel-binding',
    });
  });
  it('hands its ticket on when asked to', async () => {
    const ours = acceptSecurity(acceptor());
    await theyBegin(
      await peer({ role: 'initiate', mechanism: 'spnego', target: 'HTTP@localhost', delegate: true }),
      ours,
    );
    expect(ours.identity?.delegated?.[0]).toBe(0x76);
  });
  it('is refused when it comes a second time, or for a service without a key here', async () => {
    const kerberos = { keytab, replayCache: memoryReplayCache() };
    const { token } = await (await peer({ role: 'initiate', mechanism: 'spnego', target: 'HTTP@localhost' })).step(
      null,
    );
    await acceptSecurity(acceptor({ kerberos })).step(token);
    await expect(acceptSecurity(acceptor({ kerberos })).step(token)).rejects.toMatchObject({ code: 'spnego.replay' });
    const without = { ...kerberos, keytab: { entries: [] } };
    const theirs = await peer({ role: 'initiate', mechanism: 'spnego', target: 'HTTP@localhost' });
    const refused = acceptSecurity(acceptor({ kerberos: without })).step((await theirs.step(null)).token);
    await expect(refused).rejects.toMatchObject({ code: 'spnego.key-missing' });
    expect(await refused.catch((error) => theirs.step(error.reply)).catch(String)).toMatch(
      /GSSError|Reject|MalformedToken|Token/i,
    );
  });
});

describe('the KDC', () => {
  const access = () => ({ ...environment, exchange: kdc.exchange });
  it('says no to a wrong password, an unknown user and an unknown service, and we tell which', async () => {
    const logon = { realm: kdc.realm, client: 'alice', password };
    const refused = expect(obtainTicketGrantingTicket(access(), { ...logon, password: 'wrong' })).rejects;
    await refused.toMatchObject({ code: 'spnego.refused' });
    const unknown = expect(obtainTicketGrantingTicket(access(), { ...logon, client: 'nobody' })).rejects;
    await unknown.toMatchObject({ code: 'spnego.refused' });
    const granting = await obtainTicketGrantingTicket(access(), logon);
    const lost = expect(obtainServiceTicket(access(), granting, ['HTTP', 'elsewhere'])).rejects;
    await lost.toMatchObject({ code: 'spnego.kdc', message: expect.stringContaining('serverUnknown') });
  });
  it('says when our clock is off', async () => {
    const late = { ...access(), now: () => Date.now() + 3_600_000 };
    const logon = { realm: kdc.realm, client: 'alice', password };
    await expect(obtainTicketGrantingTicket(late, logon)).rejects.toMatchObject({ code: 'spnego.clock-skew' });
  });
});

describe('gss-ntlmssp', () => {
  const credentials = { user: 'CORP\\carol', password, target: 'HTTP@localhost' };
  const users = async () => {
    const file = join(folder, 'users');
    await writeFile(file, `CORP:carol:${password}\n`, { mode: 0o600 });
    return { NTLM_USER_FILE: file };
  };
  it('logs on here, and messages pass both ways', async () => {
    const theirs = await peer({ role: 'initiate', mechanism: 'ntlm', ...credentials });
    const ours = acceptSecurity(acceptor());
    await theyBegin(theirs, ours);
    expect(ours.identity?.name).toBe('CORP\\carol');
    await talk(ours, theirs);
  });
  it('inside SPNEGO logs on here, and messages pass both ways', async () => {
    const theirs = await peer({ role: 'initiate', mechanism: 'spnego', inner: ['ntlm'], ...credentials });
    const ours = acceptSecurity(acceptor());
    await theyBegin(theirs, ours);
    expect([ours.framing, ours.mechanism]).toEqual(['spnego', 'ntlm']);
    await talk(ours, theirs);
  });
  it('with a wrong password is refused', async () => {
    const theirs = await peer({ role: 'initiate', mechanism: 'ntlm', ...credentials, password: 'wrong' });
    await expect(theyBegin(theirs, acceptSecurity(acceptor()))).rejects.toMatchObject({ code: 'spnego.refused' });
  });
  it('binds to a TLS channel as we do', async () => {
    const binding = 'tls-server-end-point:0123456789abcdef';
    const strict = { channelBinding: Buffer.from(binding), channelBindingLevel: 'strict' } as const;
    const ours = acceptSecurity(acceptor(strict));
    await theyBegin(await peer({ role: 'initiate', mechanism: 'ntlm', ...credentials, binding }), ours);
    expect(ours.identity?.channelBound).toBe(true);
  });
  for (const framing of ['raw', 'spnego'] as const)
    it(`lets us log on (${framing}), and messages pass both ways`, async () => {
      const inner = framing === 'spnego' ? (['ntlm'] as const) : undefined;
      const theirs = await peer(
        { role: 'accept', mechanism: framing === 'raw' ? 'ntlm' : 'spnego', inner },
        await users(),
      );
      const ours = initiateSecurity({
        ...environment,
        framing,
        credentials: [{ kind: 'ntlm', user: 'carol', domain: 'CORP', ntHash: ntHash(password) }],
      });
      await weBegin(ours, theirs);
      expect(await theirs.who()).toMatch(/carol/);
      await talk(ours, theirs);
    });
});

describe('Samba’s ntlm_auth', () => {
  const samba = (...args: readonly string[]) =>
    startLinePeer('ntlm_auth', [...args, '--configfile', join(folder, 'smb.conf'), `--password=${password}`]);
  beforeAll(async () => {
    const lines = ['lock', 'state', 'cache', 'private', 'pid'].map(
      (kind) => ` ${kind}${kind === 'private' ? ' dir' : ' directory'} = ${folder}`,
    );
    await writeFile(
      join(folder, 'smb.conf'),
      `[global]\n workgroup = CORP\n netbios name = SAMBA\n${lines.join('\n')}\n`,
    );
  });
  it('logs on here, with the same session key', async () => {
    const theirs = samba('--helper-protocol=ntlmssp-client-1', '--username=carol', '--domain=CORP');
    try {
      const ours = acceptSecurity(acceptor());
      const [, first] = (await theirs.ask('YR')).split(' ') as [string, string];
      const challenge = (await ours.step(Buffer.from(first, 'base64'))).token!;
      const [, last] = (await theirs.ask(`TT ${Buffer.from(challenge).toString('base64')}`)).split(' ') as [
        string,
        string,
      ];
      const { done, identity } = await ours.step(Buffer.from(last, 'base64'));
      expect([done, identity?.name]).toEqual([true, 'CORP\\carol']);
      expect(await theirs.ask('GK')).toBe(`GK ${Buffer.from(ours.sessionKey()).toString('base64')}`);
    } finally {
      await theirs.close();
    }
  });
  it('inside SPNEGO logs on here, with signed mechanisms', async () => {
    const theirs = samba('--helper-protocol=gss-spnego-client', '--username=carol', '--domain=CORP');
    try {
      const ours = acceptSecurity(acceptor());
      let line = await theirs.ask('YR');
      for (let n = 0; n < 3 && !ours.done; n++) {
        const { token, done } = await ours.step(Buffer.from(line.split(' ')[1]!, 'base64'));
        line = await theirs.ask(`${done ? 'AF' : 'TT'} ${Buffer.from(token!).toString('base64')}`);
      }
      expect([ours.done, ours.framing, ours.identity?.name]).toEqual([true, 'spnego', 'CORP\\carol']);
      expect(line).toMatch(/^AF/);
    } finally {
      await theirs.close();
    }
  });
  it('lets us log on, with the same session key', async () => {
    const theirs = samba('--helper-protocol=squid-2.5-ntlmssp', '--username=carol', '--domain=CORP');
    try {
      const ours = initiateSecurity({
        ...environment,
        framing: 'raw',
        credentials: [{ kind: 'ntlm', user: 'carol', domain: 'CORP', ntHash: ntHash(password) }],
      });
      const first = (await ours.step(null)).token!;
      const [, challenge] = (await theirs.ask(`YR ${Buffer.from(first).toString('base64')}`)).split(' ') as [
        string,
        string,
      ];
      const last = (await ours.step(Buffer.from(challenge, 'base64'))).token!;
      expect(await theirs.ask(`KK ${Buffer.from(last).toString('base64')}`)).toMatch(/^AF .*carol/);
      expect(await theirs.ask('GK')).toBe(`GK ${Buffer.from(ours.sessionKey()).toString('base64')}`);
    } finally {
      await theirs.close();
    }
  });
});

describe('pywinrm', () => {
  const legacy = `openssl_conf = init
[init]
providers = providers
[providers]
default = on
legacy = on
[on]
activate = 1
`;
  const python = async (server: NegotiateServer, pass: string) => {
    const conf = join(folder, 'openssl.cnf');
    await writeFile(conf, legacy);
    const script = `
from winrm.protocol import Protocol
import sys
p = Protocol(sys.argv[1], transport='ntlm', username='CORP\\\\carol', password=sys.argv[2], message_encryption='always')
for n in range(3):
    print(p.transport.send_message('<a n="%d">%s</a>' % (n, 'x' * 10 ** n)).decode())
`;
    const { stdout } = await run('/usr/bin/python3', ['-c', script, server.url, pass], {
      env: { ...process.env, OPENSSL_CONF: conf, NO_PROXY: '*' },
      timeout: 60_000,
    });
    return text(Buffer.from(stdout)).trim().split('\n');
  };
  it('logs on by NTLM and exchanges sealed messages, one after another on one connection', async () => {
    const server = await startNegotiateServer(acceptor(), ['Negotiate']);
    try {
      const lines = await python(server, password);
      expect(lines).toEqual(['<a n="0">x</a>', `<a n="1">${'x'.repeat(10)}</a>`, `<a n="2">${'x'.repeat(100)}</a>`]);
      expect(server.opened).toEqual(lines);
      expect([server.identities.length, server.identities[0]?.name]).toEqual([1, 'CORP\\carol']);
      await expect(python(server, 'wrong')).rejects.toThrow(/credentials were rejected|401/);
    } finally {
      await server.close();
    }
  });
});
