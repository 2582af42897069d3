import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A Kerberos realm of its own, with its KDC (MIT krb5) on 127.0.0.1. */
export interface Kdc {
  readonly realm: string;
  readonly port: number;
  /** Holds everything: configuration, database, keytabs, caches. */
  readonly folder: string;
  /** What a program needs in its environment to be in this realm. */
  readonly env: Readonly<Record<string, string>>;
  /** Makes a user. */
  addUser(name: string, password: string): Promise<void>;
  /** Makes services such as `HTTP/localhost` with random keys, and gives the file of their keys. */
  addServices(...names: readonly string[]): Promise<string>;
  /** Runs `kadmin.local -q query`. */
  admin(query: string): Promise<string>;
  /** Logs a user on with `kinit` and gives the path of its credential cache. */
  login(name: string, password: string, ...options: readonly string[]): Promise<string>;
  /** Sends one message to the KDC by TCP and gives its answer: what the `spnego` package calls `exchange`. */
  readonly exchange: (realm: string, request: Uint8Array) => Promise<Uint8Array>;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return once(socket, 'connect').then(
    () => Boolean(socket.destroy()),
    () => false,
  );
}

async function exchangeWith(port: number, request: Uint8Array): Promise<Uint8Array> {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(10_000, () => socket.destroy(new Error('the kdc does not answer')));
  const head = Buffer.alloc(4);
  head.writeUInt32BE(request.length);
  socket.write(Buffer.concat([head, request]));
  let got = Buffer.alloc(0);
  for await (const chunk of socket) {
    got = Buffer.concat([got, chunk as Buffer]);
    if (got.length >= 4 && got.length >= 4 + got.readUInt32BE(0)) break;
  }
  socket.destroy();
  return new Uint8Array(got.subarray(4, 4 + got.readUInt32BE(0)));
}

/**
 * Starts a realm that lives until `stop`. `encryptionTypes` are those that keys are made of, in MIT's names; default are the
 * four of AES. Needs krb5-kdc, krb5-admin-server and krb5-user.
 */
export async function startKdc(
  options: { readonly realm?: string; readonly encryptionTypes?: readonly string[] } = {},
): Promise<Kdc> {
  const { realm = 'ATELIER.TEST' } = options;
  const types = options.encryptionTypes ?? ['aes256-cts', 'aes128-cts', 'aes256-sha2', 'aes128-sha2'];
  const folder = await mkdtemp(join(tmpdir(), 'atelier-kdc-'));
  const port = await freePort();
  const at = (name: string) => join(folder, name);
  await writeFile(
    at('krb5.conf'),
    `[libdefaults]
 default_realm = ${realm}
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 udp_preference_limit = 1
 forwardable = true
 default_tkt_enctypes = ${types.join(' ')}
 default_tgs_enctypes = ${types.join(' ')}
 permitted_enctypes = ${types.join(' ')}
[realms]
 ${realm} = {
  kdc = 127.0.0.1:${port}
 }
[logging]
 default = FILE:${at('krb5.log')}
`,
  );
  await writeFile(
    at('kdc.conf'),
    `[kdcdefaults]
 kdc_listen = 127.0.0.1:${port}
 kdc_tcp_listen = 127.0.0.1:${port}
[realms]
 ${realm} = {
  database_name = ${at('principal')}
  key_stash_file = ${at('stash')}
  acl_file = ${at('acl')}
  supported_enctypes = ${types.map((type) => `${type}:normal`).join(' ')}
  default_principal_flags = +preauth
  max_life = 10h
 }
[logging]
 kdc = FILE:${at('kdc.log')}
`,
  );
  const env = {
    KRB5_CONFIG: at('krb5.conf'),
    KRB5_KDC_PROFILE: at('kdc.conf'),
    KRB5CCNAME: `FILE:${at('cache')}`,
    KRB5RCACHENAME: 'none:',
    PATH: `${process.env.PATH}:/usr/sbin:/usr/bin`,
    LC_ALL: 'C.UTF-8',
  };
  const administer = async (query: string) =>
    (await run('kadmin.local', ['-r', realm, '-q', query], { env, timeout: 60_000 })).stdout;
  try {
    const master = ['create', '-s', '-r', realm, '-P', 'master'];
    await run('kdb5_util', master, { env, timeout: 60_000 });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  const kdc = spawn('krb5kdc', ['-n', '-r', realm], { env, stdio: 'ignore' });
  const ended = once(kdc, 'exit');
  const deadline = performance.now() + 30_000;
  const stop = async () => {
    kdc.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    while (!(await listens(port))) {
      if (kdc.exitCode !== null) throw new Error(`krb5kdc ended: ${await readFile(at('kdc.log'), 'utf8')}`);
      if (performance.now() > deadline) throw new Error('krb5kdc does not listen');
      await setTimeout(20);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  let files = 0;
  return {
    realm,
    port,
    folder,
    env,
    admin: administer,
    async addUser(name, password) {
      await administer(`addprinc -pw "${password}" ${name}`);
    },
    async addServices(...names) {
      const keytab = at(`services-${files++}.keytab`);
      for (const name of names) await administer(`addprinc -randkey ${name}`);
      await administer(`ktadd -k ${keytab} ${names.join(' ')}`);
      return keytab;
    },
    async login(name, password, ...more) {
      const cache = at(`cache-${files++}`);
      const child = spawn('kinit', [...more, '-c', cache, name], { env, stdio: ['pipe', 'ignore', 'pipe'] });
      let words = '';
      child.stderr.on('data', (chunk) => {
        words += chunk;
      });
      child.stdin.end(`${password}\n`);
      const [code] = await once(child, 'exit');
      if (code !== 0) throw new Error(`kinit ended with ${code}: ${words}`);
      return cache;
    },
    exchange: (asked, request) => {
      if (asked !== realm) throw new Error(`there is no kdc of ${asked} here`);
      return exchangeWith(port, request);
    },
    stop,
  };
}
