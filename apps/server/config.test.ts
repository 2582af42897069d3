import { expect, it } from 'vitest';
import { serverConfig } from './config.ts';

it('takes explicit values before the environment, and listens on this machine only unless told', () => {
  const config = serverConfig({ port: 1, host: undefined }, { ATELIER_PORT: '2', ATELIER_STATE: '/state/x/' });
  expect(config).toMatchObject({ port: 1, host: '127.0.0.1', stateDir: '/state/x', databaseUrl: undefined });
  const more = serverConfig(
    {},
    { ATELIER_PUBLIC_URL: 'https://a.example/', ATELIER_NAMES: 'a,b', ATELIER_STATE: '/x' },
  );
  expect(more).toMatchObject({ publicUrl: 'https://a.example', names: ['a', 'b'], port: 8443 });
});

it('says which variable cannot be used', () => {
  const state = { ATELIER_STATE: '/x' };
  for (const port of ['x', '-1', '70000', '1.5'])
    expect(() => serverConfig({}, { ...state, ATELIER_PORT: port })).toThrow(/ATELIER_PORT/);
  expect(() => serverConfig({}, { ...state, ATELIER_LOG: 'loud' })).toThrow(/ATELIER_LOG/);
  expect(() => serverConfig({}, { ...state, ATELIER_TLS_CERT: '/c' })).toThrow(/ATELIER_TLS_KEY/);
});
