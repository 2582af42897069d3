import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LifecycleServer, lifecycleServer } from './lifecycle/running-server.ts';
import { startBrokerProcess } from './rdp-lab/broker-fleet.ts';
import { startBrowser, type TestBrowser } from './support/browser.ts';
import { buildConsole } from './support/build-console.ts';
import { commandFault, commandLines, inspect, settled, signIn, visit } from './support/console.ts';

// The console in Chromium, a server, and a broker process that looks at what it is asked about.

let given: LifecycleServer;
let broker: Awaited<ReturnType<typeof startBrokerProcess>>;
let browser: TestBrowser;

beforeAll(async () => {
  buildConsole();
  given = await lifecycleServer();
  const { database, stateDir } = given;
  broker = await startBrokerProcess(database.url, stateDir, join(stateDir, 'plug-ins'));
  browser = await startBrowser();
  await signIn(browser, given, 'owner');
  // Asking who one is, before signing in, is answered 401.
  browser.complaints.length = 0;
});
afterAll(async () => {
  await browser?.close();
  await broker?.end();
  await given?.stop();
});

const at = (path: string) => given.server.url + path;
const soon = <Value>(look: () => Value | Promise<Value>) => expect.poll(look, { timeout: 15_000 });
const dialog = () => browser.page.getByRole('dialog');

it('begins empty, says what is wrong with a form, and keeps what machines are switched with', async () => {
  const { page } = browser;
  await visit(browser, at('/environments'));
  await inspect(browser, 'environments-empty');
  for (const line of await commandLines(browser)) expect(commandFault(line)).toBeNull();
  await page.getByRole('button', { name: 'New environment' }).click();
  await dialog().getByRole('textbox', { name: 'Name', exact: true }).fill('rack');
  await dialog().getByLabel('Switched by').fill('ipmi');
  await dialog().getByRole('button', { name: 'Add the environment' }).click();
  // The user of the controllers is needed.
  await expect(dialog().getByRole('textbox', { name: 'User' }).getAttribute('aria-invalid')).resolves.toBe('true');
  await dialog().getByRole('textbox', { name: 'User' }).fill('operator');
  await inspect(browser, 'environment-new');
  // By the keyboard alone.
  await page.keyboard.press('Enter');
  await dialog().waitFor({ state: 'hidden' });
  await page.getByText('missing').waitFor();

  await page.getByRole('button', { name: 'Secret of rack' }).click();
  await dialog().getByRole('button', { name: 'Keep the secret' }).click();
  await dialog().getByText('The secret is empty.').waitFor();
  await dialog().locator('input[type=password]').fill('hush hush');
  await inspect(browser, 'environment-secret');
  await page.keyboard.press('Enter');
  await dialog().waitFor({ state: 'hidden' });
  await page.getByText('kept', { exact: true }).waitFor();
  expect(await given.api.targets.getEnvironment({ params: { name: 'rack' } })).toMatchObject({
    driver: 'ipmi',
    settings: { user: 'operator' },
    secrets: ['password'],
  });
  await page.getByRole('button', { name: 'Secret of rack' }).click();
  await dialog().getByText('One is kept already').waitFor();
  expect(await dialog().locator('input[type=password]').inputValue()).toBe('');
  await page.keyboard.press('Escape');
});

it('shows what a broker found', async () => {
  const { page } = browser;
  await page.getByRole('button', { name: 'Test rack' }).click();
  await dialog().getByText('rack can be switched').waitFor();
  await dialog().getByText('password: good').waitFor();
  await inspect(browser, 'environment-test');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Edit rack' }).click();
  await dialog().getByLabel('Switched by').fill('command');
  await dialog().getByRole('textbox', { name: 'Program' }).fill('/nowhere/switch');
  await dialog().getByRole('button', { name: 'Save' }).click();
  await dialog().waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Test rack' }).click();
  await dialog().getByText('Something is wrong with rack').waitFor();
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'hidden' });
});

it('says how the machines of a collection are made, refuses ranges that say nothing, and changes them', async () => {
  const { page } = browser;
  await given.api.images.create({ body: { name: 'office' } });
  await given.api.targets.putEnvironment({ params: { name: 'here' }, body: { driver: 'qemu' } });
  await visit(browser, at('/collections?new=1'));
  await dialog().getByLabel('Name').fill('Pool');
  await dialog().getByRole('combobox', { name: 'What its targets are' }).click();
  await page.getByRole('option', { name: 'Virtual machines, any of a pool' }).click();
  await dialog().getByRole('switch', { name: 'The broker makes them' }).check({ force: true });
  await dialog().getByRole('button', { name: 'Make the collection' }).click();
  await expect(dialog().getByRole('combobox', { name: 'Image' }).getAttribute('aria-invalid')).resolves.toBe('true');
  await dialog().getByRole('combobox', { name: 'Image' }).click();
  await page.getByRole('option', { name: 'office' }).click();
  await dialog().getByRole('combobox', { name: 'Run on' }).click();
  await page.getByRole('option', { name: 'here' }).click();
  await page.keyboard.press('Tab');
  const spares = dialog().getByRole('textbox', { name: 'Machines that wait' });
  await spares.fill('mon-fri 07:00-18:00 5\nat night');
  await dialog().getByText('“at night” says no range').waitFor();
  await dialog().getByRole('button', { name: 'Make the collection' }).click();
  await spares.fill('mon-fri 07:00-18:00 5\nsat 10:00-12:00 1');
  await inspect(browser, 'collection-machines');
  await dialog().getByRole('button', { name: 'Make the collection' }).click();
  await page.getByRole('heading', { level: 1, name: 'Pool' }).waitFor();
  const read = async () => (await given.api.collections.get({ params: { id: 'Pool' } })).vm;
  expect(await read()).toMatchObject({
    image: 'office',
    environments: ['here'],
    size: 10,
    spares: [{ count: 5 }, { count: 1 }],
  });

  await page.getByRole('tab', { name: 'Settings' }).click();
  await settled(browser);
  const kept = page.getByRole('textbox', { name: 'Machines that wait' });
  expect(await kept.inputValue()).toBe('mon-fri 07:00-18:00 5\nsat 10:00-12:00 1');
  await kept.fill('daily 06:00-20:00 2');
  await page.getByRole('textbox', { name: 'Stay at version' }).fill('3');
  await page.getByRole('button', { name: 'Save' }).click();
  await soon(read).toMatchObject({ version: 3, spares: [{ count: 2, from: '06:00' }] });
  await inspect(browser, 'collection-machines-settings');
  const others = browser.complaints.filter((one) => !/net::ERR_\S+ \S+\/api\/v1\/changes$/.test(one));
  expect(others).toEqual([]);
});
