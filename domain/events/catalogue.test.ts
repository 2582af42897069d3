import { expect, it } from 'vitest';
import { errorTable } from '../errors/index.ts';
import { eventCatalogue, eventKind } from './index.ts';

it('gives every event a code and a name of its own, a cause and a fix', () => {
  expect(new Set(eventCatalogue.map((one) => one.code)).size).toBe(eventCatalogue.length);
  expect(new Set(eventCatalogue.map((one) => one.name)).size).toBe(eventCatalogue.length);
  for (const one of eventCatalogue) expect([one.title, one.cause, one.fix].every((text) => text.length > 3)).toBe(true);
  expect(eventKind('vm.crashed')).toMatchObject({ code: 1512, severity: 'error', category: 'vm' });
  expect(() => eventKind('vm.nothing')).toThrow('no event is called');
});

it('gives every error a code of its own and a status that is one', () => {
  expect(new Set(errorTable.map((one) => one.code)).size).toBe(errorTable.length);
  for (const one of errorTable) expect(one.status >= 400 && one.status < 600 && one.fix.length > 3).toBe(true);
});
