import { mkdtemp, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { problem } from '@atelier/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startClient } from '../start-client.ts';
import { type ClientBench, openClientBench } from '../testing/client-bench.ts';
import { fakeMachines } from '../testing/fake-machines.ts';
import { localClient } from '../testing/local-client.ts';

let bench: ClientBench;
beforeAll(async () => {
  bench = await openClientBench(0);
}, 60_000);
afterAll(() => bench?.close());

const raw = (method: string, path: string, body?: string) =>
  new Promise<{ status: number; type: string; body: unknown }>((resolve, reject) => {
    const sent = request({ socketPath: bench.client.socketPath, method, path, agent: false }, (response) => {
      let text = '';
      response.on('data', (part) => {
        text += part;
      });
      response.on('end', () =>
        resolve({
          status: response.statusCode!,
          type: String(response.headers['content-type']),
          body: JSON.parse(text),
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });

it('answers bad requests with problems that say why', async () => {
  const cases: [string, string, string | undefined, number, string][] = [
    ['GET', '/api/v1/nothing', undefined, 404, 'request.not-found'],
    ['GET', '/status', undefined, 404, 'request.not-found'],
    ['POST', '/api/v1/sign-in', '{', 400, 'request.invalid'],
    ['POST', '/api/v1/sign-in', '{"name":1}', 400, 'request.invalid'],
    ['POST', '/api/v1/sign-in', `{"name":"${'x'.repeat(70_000)}"}`, 413, 'request.too-large'],
    ['GET', '/api/v1/logs?lines=0', undefined, 400, 'request.invalid'],
    ['GET', '/api/v1/workspaces/%E0%A4/screen', undefined, 400, 'request.invalid'],
    ['GET', '/api/v1/workspaces/..%2F..%2Fetc/screen', undefined, 400, 'request.invalid'],
    ['POST', '/api/v1/workspaces/lab/start', '{}', 401, 'people.not-signed-in'],
    ['POST', '/api/v1/refresh', undefined, 409, 'client.not-enrolled'],
  ];
  for (const [method, path, body, status, code] of cases) {
    const answer = await raw(method, path, body);
    expect([path, answer.status, (answer.body as { code: string }).code]).toEqual([path, status, code]);
    expect(answer.type).toBe('application/problem+json');
    expect(problem.safeParse(answer.body).success).toBe(true);
  }
});

it('lets nobody else in, and shows its log', async () => {
  expect((await stat(bench.client.socketPath)).mode & 0o777).toBe(0o600);
  expect((await stat(bench.stateDir)).mode & 0o777).toBe(0o700);
  expect((await stat(join(bench.stateDir, 'client.sqlite'))).mode & 0o777).toBe(0o600);
  const { lines } = await bench.local.logs({ query: { lines: 5 } });
  expect(lines.join()).toContain('the client is ready');
});

it('tells the status to those who watch', async () => {
  const first = await new Promise<string>((resolve, reject) => {
    const sent = request({ socketPath: bench.client.socketPath, path: '/api/v1/watch', agent: false }, (response) => {
      response.once('data', (part) => {
        resolve(String(part));
        sent.destroy();
      });
    });
    sent.on('error', reject);
    sent.end();
  });
  expect(first).toMatch(/^event: status\ndata: \{.*"connection":"not-enrolled"/);
});

it('works in a state folder that is too deep for sockets', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-deep-'));
  const stateDir = join(folder, 'd'.repeat(60), 'e'.repeat(60));
  const client = await startClient({ stateDir, version: '0.1.0', machines: fakeMachines() });
  try {
    expect(client.socketPath.length).toBeLessThan(108);
    expect((await localClient(client.socketPath).status()).connection).toBe('not-enrolled');
  } finally {
    await client.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
