import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KeyAndCertificate } from './throwaway-authority.ts';

export type NginxOptions = {
  /** folder that is served */
  readonly folder: string;
  readonly server: KeyAndCertificate;
  /** lines for the `server` block; `{conf}` stands for the folder with `files` */
  readonly lines?: string;
  readonly files?: Readonly<Record<string, string>>;
};

/** Runs Debian's nginx over TLS, with a configuration and a folder of its own, until `close`. */
export async function runNginx(
  options: NginxOptions,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const prefix = await mkdtemp(join(tmpdir(), 'nginx-peer-'));
  const port = await freePort();
  await mkdir(join(prefix, 'tmp'));
  for (const [name, text] of Object.entries({
    ...options.files,
    'server.pem': options.server.cert,
    'server.key': options.server.key,
  }))
    await writeFile(join(prefix, name), text, { mode: 0o600 });
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${prefix}/tmp/${name};`,
  );
  await writeFile(
    join(prefix, 'nginx.conf'),
    `daemon off; master_process off; pid ${prefix}/nginx.pid; error_log ${prefix}/error.log;
events { worker_connections 64; }
http {
  access_log off; sendfile on; ${temp.join(' ')}
  server {
    listen 127.0.0.1:${port} ssl; ssl_certificate ${prefix}/server.pem; ssl_certificate_key ${prefix}/server.key;
    root ${options.folder}; location ~ /\\. { deny all; }
    ${(options.lines ?? '').replaceAll('{conf}', prefix)}
  }
}
`,
  );
  const child = spawn('/usr/sbin/nginx', ['-p', prefix, '-c', join(prefix, 'nginx.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  const gone = once(child, 'exit');
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`nginx did not start: ${said}`);
    await sleep(20);
  }
  return {
    url: `https://127.0.0.1:${port}/`,
    async close() {
      child.kill('SIGTERM');
      await gone;
      await rm(prefix, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
