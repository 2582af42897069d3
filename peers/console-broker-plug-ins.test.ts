import { newId } from '@atelier/adapters/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LifecycleServer, lifecycleServer } from './lifecycle/running-server.ts';
import { startBrowser, type TestBrowser } from './support/browser.ts';
import { buildConsole } from './support/build-console.ts';
import { inspect, signIn, visit } from './support/console.ts';

let given: LifecycleServer;
let browser: TestBrowser;

beforeAll(async () => {
  buildConsole();
  given = await lifecycleServer();
  await given.api.collections.create({ body: { name: 'Office', kind: 'session-hosts' } });
  await given.api.targets.add({
    body: { name: 'rdsh1', kind: 'session-host', collection: 'Office', state: 'running' },
  });
  browser = await startBrowser();
  await signIn(browser, given, 'owner');
  // Asking who one is, before signing in, is answered 401.
  browser.complaints.length = 0;
});
afterAll(async () => {
  await browser?.close();
  await given?.stop();
});

const at = (path: string) => given.server.url + path;
/** Waits until `look` gives what is expected; the machine may be slow. */
const soon = <Value>(look: () => Value | Promise<Value>) => expect.poll(look, { timeout: 15_000 });
const dialog = () => browser.page.getByRole('dialog');

describe('brokers', () => {
  it('are shown with their plug-ins, which are changed, switched and reset', async () => {
    const { page } = browser;
    const { db } = given.database;
    const broker = newId();
    const counts = JSON.stringify({ relay: 12, 'sign-in': 1, opening: 0, refused: 3 });
    await db
      .insertInto('broker_instance')
      .values({ id: broker, name: 'gate-1', address: '0.0.0.0:3389', version: '1.0.0', counts })
      .execute();
    const plugin = { enabled: true, collections: ['Office'], budgets: '{"filter":50}' };
    await db
      .insertInto('broker_plugin')
      .values([
        { name: 'calendar', priority: 10, source: '/opt/plug-ins/calendar', ...plugin },
        { name: 'site', priority: 50, ...plugin },
      ])
      .execute();
    await db
      .insertInto('broker_plugin_health')
      .values({
        plugin: 'site',
        broker_id: broker,
        state: 'suspended',
        failures: 5,
        calls: 40,
        time_outs: 2,
        suspended_until: new Date(Date.now() + 60_000),
        last_error: 'the site table is empty',
        last_error_at: new Date(),
      })
      .execute();
    await visit(browser, at('/broker'));
    await page.getByRole('row', { name: /gate-1.*Alive.*0\.0\.0\.0:3389.*12 relayed.*3 refused/ }).waitFor();
    await visit(browser, at('/broker/plug-ins'));
    await page.getByRole('row', { name: /gate-1.*Suspended.*the site table is empty/ }).waitFor();
    const names = page.locator('.plug-in h2');
    expect(await names.allTextContents()).toEqual(['site', 'calendar', 'The broker’s own rules']);
    await page.getByRole('button', { name: /^Reset site/ }).click();
    await page.getByText('Every broker asks site again').waitFor();
    await page.getByRole('switch', { name: 'Ask site' }).click();
    await page.getByText('site is asked no longer').waitFor();
    await page.getByRole('button', { name: 'Edit calendar' }).click();
    await dialog().getByLabel('Priority').fill('90');
    await dialog().getByLabel('Load balancing').fill('250');
    await inspect(browser, 'plug-in-edit');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await soon(() => names.allTextContents()).toEqual(['calendar', 'site', 'The broker’s own rules']);
    const { items } = await given.api.broker.listPlugins({});
    expect(items).toMatchObject([
      { name: 'calendar', priority: 90, budgets: { filter: 50, 'load-balancing': 250 }, enabled: true },
      { name: 'site', enabled: false },
    ]);
  });

  it('show plug-ins that cannot be used and why, have tasks planned and cancelled, and machines made', async () => {
    const { page } = browser;
    const { db } = given.database;
    const { id: broker } = await db
      .selectFrom('broker_instance')
      .select('id')
      .where('name', '=', 'gate-1')
      .executeTakeFirstOrThrow();
    await visit(browser, at('/broker/tasks'));
    await page.getByText('No task yet').waitFor();
    await inspect(browser, 'plug-in-tasks-empty');
    expect(
      await page.getByRole('button', { name: /Plan a task.*No plug-in that does tasks/ }).getAttribute('aria-disabled'),
    ).toBe('true');
    await db
      .updateTable('broker_plugin_health')
      .set({ state: 'ready', offers: ['filter', 'task'] })
      .where('plugin', '=', 'site')
      .execute();
    await db
      .insertInto('broker_plugin_problem')
      .values({
        broker_id: broker,
        source: '/opt/plug-ins/broken',
        plugin: 'broken',
        problem: 'apiVersion: 7.0 is not run',
        fix: 'update the broker',
      })
      .execute();
    await visit(browser, at('/broker/plug-ins'));
    const alert = page.getByRole('alert').filter({ hasText: 'broken: Cannot be used' });
    await alert.getByText('apiVersion: 7.0 is not run').waitFor();
    await alert.getByText('update the broker').waitFor();
    await page.getByRole('row', { name: /gate-1.*Ready.*Filter, tasks/ }).waitFor();
    await inspect(browser, 'plug-in-problems');
    // It goes by itself once it is mended.
    await db.deleteFrom('broker_plugin_problem').execute();
    await alert.waitFor({ state: 'detached' });

    await page.getByRole('tab', { name: 'Tasks' }).click();
    // By keyboard alone.
    await page.getByRole('button', { name: 'Plan a task' }).press('Enter');
    await dialog().getByRole('combobox', { name: 'Target' }).fill('rdsh1');
    await page.getByRole('option', { name: 'rdsh1' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await dialog().getByLabel('What it is for').fill('Monthly patches');
    await inspect(browser, 'plug-in-task-plan');
    await dialog().getByLabel('What it is for').press('Enter');
    const row = page.getByRole('row', { name: /Monthly patches.*owner.*site.*rdsh1.*Planned/ });
    await row.waitFor();
    await db
      .updateTable('broker_task')
      .set({ state: 'interrupted', detail: 'the broker that did it ended', finished_at: new Date() })
      .execute();
    await page.getByRole('row', { name: /Interrupted.*the broker that did it ended/ }).waitFor();
    await inspect(browser, 'plug-in-tasks');
    await page.getByRole('button', { name: 'Start Monthly patches on rdsh1 at once' }).click();
    await row.waitFor();
    await page.getByRole('button', { name: 'Cancel Monthly patches on rdsh1' }).click();
    await dialog().getByRole('button', { name: 'Cancel', exact: true }).last().click();
    await page.getByRole('row', { name: /Monthly patches.*Cancelled/ }).waitFor();

    const made = await given.api.collections.create({ body: { name: 'Virtual', kind: 'personal-vms' } });
    await visit(browser, at(`/collections/${made.id}/machines`));
    await page.getByText('No plug-in has worked on machines here').waitFor();
    await page.getByRole('button', { name: 'Make machines' }).click();
    await dialog().getByLabel('How many').fill('3');
    await dialog().getByRole('button', { name: 'Make machines' }).click();
    await dialog().getByText('nobody makes machines for this collection').waitFor();
    await inspect(browser, 'machines-make');
    await db
      .updateTable('broker_plugin_health')
      .set({ offers: ['provisioning'] })
      .where('plugin', '=', 'site')
      .execute();
    await db.updateTable('broker_plugin').set({ collections: [], enabled: true }).where('name', '=', 'site').execute();
    await db.updateTable('broker_instance').set({ heartbeat_at: new Date() }).execute();
    await dialog().getByRole('button', { name: 'Make machines' }).click();
    await page.getByRole('heading', { level: 1, name: 'make 3 machines of Virtual by site' }).waitFor();
    const { items } = await given.api.plugInWork.listMachineJobs({ params: { id: made.id } });
    expect(items).toMatchObject([{ state: 'queued', object: { name: 'Virtual' } }]);
    await given.api.tasks.cancel({ params: { id: items[0]!.id } });
    await visit(browser, at(`/collections/${made.id}/machines`));
    await page.getByRole('row', { name: /make 3 machines.*Cancelled/ }).waitFor();
    await inspect(browser, 'machine-jobs');
    await page.getByRole('button', { name: /^Start again: make 3 machines/ }).click();
    await page.getByRole('heading', { level: 1, name: 'make 3 machines of Virtual by site' }).waitFor();
    await given.api.collections.remove({ params: { id: made.id } });
    // It is no broker that runs: what follows counts on that.
    const anHourAgo = new Date(Date.now() - 3_600_000);
    await db.updateTable('broker_instance').set({ heartbeat_at: anHourAgo }).execute();
  });

  it('patch and delete machines that they made, one or many, once it is said what that loses', async () => {
    const { page } = browser;
    const { db } = given.database;
    // It lives for as long as this takes.
    const inAnHour = new Date(Date.now() + 3_600_000);
    await db.updateTable('broker_instance').set({ heartbeat_at: inAnHour }).execute();
    const lab = await given.api.collections.create({ body: { name: 'Lab', kind: 'personal-vms' } });
    for (const name of ['lab-1', 'lab-2', 'ours'])
      await given.api.targets.add({ body: { name, kind: 'virtual-desktop', collection: 'Lab', state: 'running' } });
    await db.updateTable('broker_target').set({ provider: 'site' }).where('name', 'like', 'lab-%').execute();
    await visit(browser, at(`/collections/${lab.id}`));
    // What people added is changed here; what a plug-in made, it changes.
    await page.getByRole('button', { name: 'Edit ours' }).waitFor();
    expect(await page.getByRole('button', { name: 'Patch ours' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Edit lab-1' }).count()).toBe(0);

    // By keyboard alone.
    await page.getByRole('button', { name: 'Patch lab-1' }).press('Enter');
    await dialog().getByLabel('Image').fill('desk');
    await page.keyboard.press('Enter');
    await expect(dialog().getByLabel('Version').getAttribute('aria-invalid')).resolves.toBe('true');
    await dialog().getByLabel('Version').fill('7');
    await dialog().getByText('More settings').click();
    await dialog().getByLabel('More for the plug-in').fill('ring=2');
    await inspect(browser, 'machine-patch');
    await dialog().getByLabel('Version').press('Enter');
    await page.getByRole('heading', { level: 1, name: 'patch lab-1 of Lab by site' }).waitFor();
    const asked = async () => {
      const rows = await db.selectFrom('task').select('input').where('object_id', '=', lab.id).orderBy('id').execute();
      return rows.map((one) => (one.input as { value: object }).value);
    };
    expect(await asked()).toMatchObject([
      { what: 'patch', vmNames: ['lab-1'], image: { name: 'desk', version: 7 }, settings: { ring: 2 } },
    ]);

    await visit(browser, at(`/collections/${lab.id}`));
    await page.getByRole('checkbox', { name: 'Choose lab-1' }).press('Space');
    await page.getByText('1 machine chosen').waitFor();
    await page.getByRole('button', { name: 'Choose all 2' }).click();
    await page.getByText('2 machines chosen').waitFor();
    await page.getByRole('button', { name: 'Delete them' }).click();
    const act = dialog().getByRole('button', { name: 'Delete', exact: true });
    await dialog().getByText('lab-1, lab-2').waitFor();
    expect(await act.isDisabled()).toBe(true);
    await dialog().getByLabel('Type “Lab” to confirm').fill('Lab');
    await inspect(browser, 'machines-delete');
    // Nobody is there who could: the question stays, with cause and fix.
    await db.updateTable('broker_plugin').set({ enabled: false }).where('name', '=', 'site').execute();
    await act.click();
    await dialog().getByRole('alert').getByText('install and enable one').waitFor();
    await db.updateTable('broker_plugin').set({ enabled: true }).where('name', '=', 'site').execute();
    await dialog().getByLabel('Type “Lab” to confirm').press('Enter');
    await page.getByRole('heading', { level: 1, name: 'delete 2 machines of Lab by site' }).waitFor();
    expect(await asked()).toMatchObject([{ what: 'patch' }, { what: 'delete', vmNames: ['lab-1', 'lab-2'] }]);

    // While a job holds one, the way to it is in its row, and nothing else is begun there.
    const job = page.url().split('/').at(-1)!;
    await db
      .updateTable('broker_target')
      .set({ state: 'initializing', state_detail: `job ${job} holds it; it was running` })
      .where('name', '=', 'lab-2')
      .execute();
    await visit(browser, at('/targets?search=lab-'));
    await page.getByRole('button', { name: /^Delete lab-2 \(A plug-in works on lab-2\)/ }).waitFor();
    await inspect(browser, 'machine-held');
    await page.getByRole('link', { name: /A plug-in works on it/ }).click();
    await page.getByRole('heading', { level: 1, name: 'delete 2 machines of Lab by site' }).waitFor();
  });
});
