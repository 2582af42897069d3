import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ClientBench, openClientBench } from '../testing/client-bench.ts';
import { withoutSecrets } from './without-secrets.ts';

let bench: ClientBench;
beforeAll(async () => {
  bench = await openClientBench();
  await bench.enrol();
}, 60_000);
afterAll(() => bench?.close());

it('holds what the helpdesk needs, and no secret', async () => {
  const { stateDir, server, folder, local } = bench;
  await expect(local.signIn({ body: { name: 'anna', password: 'a wrong password' } })).rejects.toThrow();
  const { file, bytes } = await local.diagnostics({ body: { target: folder } });
  const packed = await readFile(file);
  expect(packed.length).toBe(bytes);
  const text = gunzipSync(packed).toString('latin1');
  const names = execFileSync('tar', ['-tzf', file], { encoding: 'utf8' });
  for (const name of [
    'checks.json',
    'identity.json',
    'status.json',
    'instances.json',
    'queued-events.json',
    'client.log',
  ])
    expect(names).toContain(`atelier-diagnostics/${name}`);
  expect(text).toContain('"endpointId"');
  expect(text).toContain('the client is ready');

  const identity = JSON.parse(await readFile(join(stateDir, 'identity.json'), 'utf8'));
  const verifier = JSON.parse(await readFile(join(stateDir, 'verifiers', `${server.userId}.json`), 'utf8'));
  const grant = server.grant(identity.endpointId).signature;
  const keyLines = identity.privateKey.split('\n').filter((line: string) => line.length > 20 && !line.startsWith('-'));
  const secrets = [
    server.password,
    'a wrong password',
    server.token,
    server.token.split('.')[0],
    verifier.hash,
    verifier.salt,
  ];
  expect(keyLines.length).toBeGreaterThan(0);
  for (const secret of [...secrets, grant, 'PRIVATE KEY', ...keyLines]) expect(text).not.toContain(secret);
  const log = await readFile(join(stateDir, 'logs', 'client.log'), 'utf8');
  for (const secret of [...secrets, ...keyLines]) expect(log).not.toContain(secret);
  await expect(local.diagnostics({ body: { target: 'relative' } })).rejects.toMatchObject({ code: 'request.invalid' });
  await writeFile(file, '');
});

it('takes out what looks like a secret, should it ever come so far', () => {
  const key = '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----';
  const text = `{"a":1,"password":"hun\\"ter","x_token": "abc","name":"password"} ${key} Authorization: Bearer abcdefghijk url?token=zzz&b=1`;
  const clean = withoutSecrets(text);
  for (const secret of ['hun', 'ter"', '"abc"', 'MHcCAQEE', 'abcdefghijk', 'zzz']) expect(clean).not.toContain(secret);
  expect(clean).toContain('"name":"password"');
  expect(clean).toContain('&b=1');
});
