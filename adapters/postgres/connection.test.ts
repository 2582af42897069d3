import { expect, test } from 'vitest';
import { connectionEnvironment, parseDatabaseUrl } from './connection.ts';

test('a URL with everything', () => {
  const connection = parseDatabaseUrl(
    'postgresql://ad%40a:p%3Aw@db.example.org:6543/at%20elier?sslmode=verify-ca&sslrootcert=/ca.pem',
  );
  expect(connection).toEqual({
    host: 'db.example.org',
    port: 6543,
    user: 'ad@a',
    password: 'p:w',
    database: 'at elier',
    sslMode: 'verify-ca',
    sslRootCert: '/ca.pem',
  });
  expect(connectionEnvironment(connection)).toMatchObject({
    PGPASSWORD: 'p:w',
    PGSSLMODE: 'verify-ca',
    PGSSLROOTCERT: '/ca.pem',
  });
});

test.each([
  ['postgresql://a@other.example.org/x', 'other.example.org', 'verify-full'],
  ['postgres://a@localhost/x', 'localhost', 'disable'],
  ['postgresql://a@[::1]:5433/x', '::1', 'disable'],
  ['postgresql://a@ignored/x?host=/run/postgresql', '/run/postgresql', 'disable'],
  ['postgresql://a@/x?host=/run/postgresql', '/run/postgresql', 'disable'],
])('%s is reached at %s with TLS: %s', (url, host, sslMode) => {
  expect(parseDatabaseUrl(url)).toMatchObject({ host, sslMode, port: expect.any(Number), password: undefined });
});

test.each([
  '',
  'localhost/x',
  'mysql://a@h/x',
  'postgresql://a:hidden@h',
  'postgresql://h/x',
  'postgresql://a@/x',
  'postgresql://a:hidden@h/x?sslmode=maybe',
])('%s is refused, without repeating a password', (url) => {
  const refused = (() => {
    try {
      return parseDatabaseUrl(url);
    } catch (error) {
      return error as Error;
    }
  })();
  expect(refused).toMatchObject({ code: 'database.bad-url' });
  expect(JSON.stringify(refused) + String(refused)).not.toContain('hidden');
});
