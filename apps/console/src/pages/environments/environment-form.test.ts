import { contract, environmentDrivers } from '@atelier/api';
import { expect, it } from 'vitest';
import { bodyOf, driverFields, emptyEnvironment, formOf } from './environment-form.ts';

const schema = contract.targets.putEnvironment.body;

it('has every setting of every driver, and says only what was typed', () => {
  expect(Object.keys(driverFields)).toEqual(environmentDrivers);
  for (const driver of environmentDrivers) {
    // What the contract does not know, it refuses: a field too many would show here.
    const settings = Object.fromEntries(driverFields[driver].map(({ name }) => [name, undefined]));
    expect(bodyOf({ ...emptyEnvironment, driver, settings })).toMatchObject({ body: { driver, settings: {} } });
    const all = Object.fromEntries(driverFields[driver].map(({ name }) => [name, Symbol(name)]));
    const said = schema.safeParse({ driver, settings: all });
    expect(said.error?.issues.some(({ message }) => message.includes('is no setting of'))).toBeFalsy();
  }
});

it('leaves what another driver had, and checks what is needed', () => {
  const form = { ...emptyEnvironment, driver: 'ipmi', settings: { uri: 'qemu:///system', user: '' } };
  const read = bodyOf(form);
  expect(read).toEqual({ body: { driver: 'ipmi', serverWeight: 100, settings: {}, properties: {} } });
  const issues = schema.safeParse(read.body).error?.issues.map(({ path }) => path.join('.'));
  expect(issues).toEqual(['settings.user']);
});

it('keeps the settings of a plug-in’s driver as lines', () => {
  const view = {
    name: 'a',
    driver: 'mine',
    serverWeight: 1,
    settings: { rack: 7 },
    properties: {},
    secrets: [],
    targets: 0,
    rev: 1,
  };
  expect(bodyOf(formOf(view))).toMatchObject({ body: { driver: 'mine', settings: { rack: 7 } } });
  expect(bodyOf({ ...formOf(view), lines: 'nonsense' })).toEqual({ wrong: 'lines', text: 'nonsense' });
});
