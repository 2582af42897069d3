import { expect, it } from 'vitest';
import { brokerConfig } from './broker-config.ts';

it('listens on 3389 of this machine unless told otherwise, and can be switched off', () => {
  expect(brokerConfig({}, {})).toMatchObject({ host: '127.0.0.1', port: 3389, nla: true, keytab: null });
  expect(brokerConfig({}, { ATELIER_BROKER_PORT: 'off' }).port).toBeNull();
  expect(brokerConfig({ port: 0 }, { ATELIER_BROKER_PORT: 'off' }).port).toBe(0);
  const open = brokerConfig(
    {},
    { ATELIER_HOST: '0.0.0.0', ATELIER_BROKER_NAMES: 'Desk.example, 10.1.2.3', ATELIER_BROKER_NLA: 'off' },
  );
  expect(open).toMatchObject({ host: '0.0.0.0', nla: false });
  expect(open.names).toEqual(expect.arrayContaining(['desk.example', '10.1.2.3', 'localhost']));
  expect(open.names).not.toContain('0.0.0.0');
  expect(() => brokerConfig({}, { ATELIER_BROKER_PORT: 'rdp' })).toThrow('ATELIER_BROKER_PORT');
});
