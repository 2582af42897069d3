import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** nginx over `root`, without TLS since not every peer can; counts requests and bytes on the wire. */
export async function webServer(root: string, scratch: string) {
  const folder = join(scratch, 'nginx');
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const log = join(folder, 'access.log');
  const config = join(folder, 'nginx.conf');
  writeFileSync(log, '');
  writeFileSync(
    config,
    `daemon off; user root; pid ${folder}/pid; error_log ${folder}/error.log; worker_processes 1;
events { worker_connections 512; }
http { sendfile on; tcp_nopush on; keepalive_requests 100000; log_format n '$bytes_sent'; access_log ${log} n;
  client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  types { } default_type application/octet-stream; server { listen 127.0.0.1:${port}; root ${root}; } }`,
  );
  const child = spawn('/usr/sbin/nginx', ['-p', folder, '-c', config], { stdio: 'inherit' });
  for (let tries = 0; tries < 100; tries++) {
    if (
      await fetch(`http://127.0.0.1:${port}/`).then(
        () => true,
        () => false,
      )
    )
      break;
    await sleep(50);
  }
  return {
    port,
    reset: () => truncateSync(log),
    /** requests and bytes sent (headers too) since the last reset; ask when the client has ended */
    async counted() {
      await sleep(200);
      const lines = readFileSync(log, 'utf8').replaceAll('\0', '').split('\n').filter(Boolean);
      return { requests: lines.length, wireBytes: lines.reduce((sum, line) => sum + Number(line), 0) };
    },
    stop: () => new Promise((resolve) => child.once('exit', resolve).kill('SIGQUIT') || resolve(null)),
  };
}
