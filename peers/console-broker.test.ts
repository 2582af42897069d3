import { newId } from '@atelier/adapters/postgres';
import { openSessionDirectory, type SessionDirectory } from '@atelier/adapters/session-directory';
import type { CollectionView } from '@atelier/api';
import type { Collection } from '@atelier/domain/broker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as samples from './broker/sample-decisions.ts';
import { requestOf } from './broker/sample-directory.ts';
import { addHost, minutesAgo } from './broker/sample-host.ts';
import { type LifecycleServer, lifecycleServer } from './lifecycle/running-server.ts';
import { startBrowser, type TestBrowser } from './support/browser.ts';
import { buildConsole } from './support/build-console.ts';
import { commandFault, commandLines, inspect, settled, signIn, visit } from './support/console.ts';
import { brokerAddresses } from './support/console-addresses.ts';

/** A PNG of one pixel. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

let given: LifecycleServer;
let browser: TestBrowser;
let directory: SessionDirectory;
let office: Collection;
let decision: string;

beforeAll(async () => {
  buildConsole();
  given = await lifecycleServer();
  directory = openSessionDirectory(given.database);
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

/** Somebody who decides to be there: a place on a target, and a log-on when asked. */
async function comesTo(collection: Collection, name: string, logOn: boolean) {
  const person = await given.person(name);
  const claim = await directory.claimLeastLoaded(requestOf(person.id, collection, name), collection);
  if (!('session' in claim)) throw new Error(`${name} got no place: ${claim.kind}`);
  const { id, targetId } = claim.session;
  if (logOn) await directory.report({ targetId, sessionId: id, user: name, hostSessionId: '10', what: 'log-on' });
  return { person, claim };
}

describe('collections', () => {
  it('begin with three steps, and are made by a form that says what is wrong', async () => {
    const { page } = browser;
    await visit(browser, at('/collections'));
    await page.getByRole('listitem').filter({ hasText: 'Entitle people' }).waitFor();
    await inspect(browser, 'collections-empty');
    await page.getByRole('button', { name: 'New collection' }).click();
    await dialog().getByLabel('Name').fill('?');
    await dialog().getByLabel('Description').fill('Desks of the office');
    await dialog().getByRole('button', { name: 'Make the collection' }).click();
    await dialog().getByText('at most 64 characters').waitFor();
    await dialog().getByLabel('Name').fill('Office');
    await dialog().getByLabel('Sessions per target at most').fill('4');
    await inspect(browser, 'collection-new');
    await dialog().getByRole('button', { name: 'Make the collection' }).click();
    await page.getByRole('heading', { level: 1, name: 'Office' }).waitFor();
    const { items } = await given.api.collections.list({});
    expect(items).toMatchObject([{ name: 'Office', maxSessions: 4, loadBalancing: 'least-connections' }]);
    office = items[0] as CollectionView;
  });

  it('get targets, people and programs, each next step in reach', async () => {
    const { page } = browser;
    await page.getByRole('link', { name: 'Add a target' }).click();
    await dialog().getByRole('textbox', { name: 'Name', exact: true }).fill('rdsh1');
    const addresses = dialog().getByRole('combobox', { name: 'Addresses for RDP' });
    await addresses.fill('no address');
    await dialog().getByRole('button', { name: 'Add a target' }).click();
    await dialog().getByText('no address is no address').waitFor();
    await addresses.press('Backspace');
    await addresses.fill('192.0.2.5:3390');
    await dialog().getByText('More settings').click();
    await dialog().getByLabel('Properties').fill('site=1');
    await inspect(browser, 'target-add');
    await dialog().getByRole('button', { name: 'Add a target' }).click();
    await page.getByRole('row', { name: /rdsh1.*192\.0\.2\.5:3390.*Running.*0 of 4/ }).waitFor();
    await page.getByRole('link', { name: 'Entitle somebody' }).click();
    await dialog().getByRole('combobox', { name: 'Group' }).click();
    await page.getByRole('option', { name: 'everyone' }).click();
    await dialog().getByRole('button', { name: 'Entitle somebody' }).click();
    await page.getByRole('row', { name: /everyone.*Group/ }).waitFor();
    // Nothing is left to do.
    await page.getByText('From here to a desktop').waitFor({ state: 'detached' });
    await inspect(browser, 'collection-people');
    await page.getByRole('tab', { name: 'Programs' }).click();
    await page.getByRole('button', { name: 'Publish a program' }).click();
    await dialog().getByLabel('Title').fill('Calculator');
    await dialog().getByLabel('Short name').fill('calc');
    await dialog().getByLabel('Program on the targets').fill('/usr/bin/gnome-calculator');
    const icon = dialog().locator('input[type=file]');
    await icon.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('GIF89a') });
    await dialog().getByText('This is no PNG').waitFor();
    await icon.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from(png, 'base64') });
    await dialog().getByRole('img', { name: 'Icon chosen' }).waitFor();
    await inspect(browser, 'program-publish');
    await dialog().getByRole('button', { name: 'Publish' }).click();
    await page.getByRole('row', { name: /Calculator.*calc.*with icon/ }).waitFor();
    const { items } = await given.api.targets.list({});
    expect(items).toMatchObject([{ properties: { site: 1 }, endpoints: [{ address: '192.0.2.5', port: 3390 }] }]);
  });

  it('drain a target, change it, and show it whole', async () => {
    const { page } = browser;
    await visit(browser, at(`/collections/${office.id}/targets`));
    await page.getByRole('button', { name: 'Drain rdsh1' }).click();
    await page.getByRole('row', { name: /rdsh1.*drained.*nobody/ }).waitFor();
    await page.getByRole('button', { name: 'Put back into use: rdsh1' }).click();
    await page.getByRole('button', { name: 'Drain rdsh1' }).waitFor();
    await page.getByRole('button', { name: 'Edit rdsh1' }).click();
    await dialog().getByLabel('Weight').fill('200');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row', { name: /rdsh1.*200.*now/ }).waitFor();
    await page.getByRole('button', { name: 'rdsh1', exact: true }).click();
    await dialog().getByText('Kept by').waitFor();
    await inspect(browser, 'target-detail');
    await page.keyboard.press('Escape');
    await visit(browser, at(`/collections/${office.id}/settings`));
    await page.getByLabel('Start of a target').fill('90');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Office was changed').waitFor();
    expect((await given.api.collections.get({ params: { id: 'Office' } })).startSeconds).toBe(90);
  });
});

describe('sessions', () => {
  it('appear and change without a reload, and are commanded', async () => {
    const { page } = browser;
    await visit(browser, at('/desktop-sessions'));
    await page.getByText('Nobody is on a target').waitFor();
    await comesTo(office, 'grace', true);
    const { claim } = await comesTo(office, 'ada', false);
    await page.getByRole('row', { name: /grace.*rdsh1.*Office.*Active.*desk/ }).waitFor();
    const ada = page.getByRole('row', { name: /ada.*Connecting/ });
    await ada.waitFor();
    await inspect(browser, 'sessions');
    // Not a managed host: the button says why.
    expect(await page.getByRole('button', { name: /Message to grace.*not linked/ }).getAttribute('aria-disabled')).toBe(
      'true',
    );
    await page.getByRole('button', { name: 'Cancel the connection ada' }).click();
    await dialog().getByRole('button', { name: 'Cancel the connection' }).click();
    await ada.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Disconnect grace' }).click();
    await inspect(browser, 'session-disconnect');
    await dialog().getByRole('button', { name: 'Disconnect' }).click();
    await page.getByText('grace is disconnected').waitFor();
    const asked = await given.database.db
      .selectFrom('broker_session')
      .select('asked')
      .where('asked', 'is not', null)
      .execute();
    expect(asked).toEqual([{ asked: 'disconnect' }]);
    await page.getByRole('button', { name: 'grace', exact: true }).click();
    await dialog().getByText('800 × 600').waitFor();
    await inspect(browser, 'session-detail');
    expect((await given.api.desktopSessions.get({ params: { id: claim.session.id } })).state).toBe('logged-off');
  });

  it('are found by whole names', async () => {
    const { page } = browser;
    await visit(browser, at('/desktop-sessions?user=grace'));
    await page.getByRole('row', { name: /grace/ }).waitFor();
    await visit(browser, at('/desktop-sessions?user=nobody'));
    await page.getByText('Nothing matches').waitFor();
  });
});

describe('decisions', () => {
  it('tell step by step what led to them', async () => {
    const { page } = browser;
    const { items } = await given.api.people.listUsers({ query: { search: 'grace' } });
    const request = requestOf(items[0]!.id, office, 'grace');
    await directory.recordConnection({ id: newId(), request, sessionId: null, ...samples.redirected });
    decision = newId();
    await directory.recordConnection({ id: decision, request, sessionId: null, ...samples.refused });
    await visit(browser, at('/decisions?time=hour'));
    await page.getByRole('row', { name: /grace.*Failed.*No target could take/ }).waitFor();
    await page.getByRole('combobox', { name: 'Outcome' }).click();
    await page.getByRole('option', { name: 'Connected' }).click();
    await page.getByRole('row', { name: /Failed/ }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'grace' }).click();
    await page.getByRole('heading', { level: 1, name: 'grace → Office' }).waitFor();
    const steps = page.locator('.trace').getByRole('listitem');
    await soon(() => steps.allTextContents()).toHaveLength(3);
    expect(await steps.nth(1).textContent()).toContain('Load balancing by site took too long');
    expect(await steps.nth(1).textContent()).toContain('begins after 1.7 ms, takes 5.2 ms');
    await page.getByText('closed after 18:00').waitFor();
    await page.getByText('12 candidates, 3 of them were left to choose from').waitFor();
    await inspect(browser, 'decision');
    await visit(browser, at(`/decisions/${decision}`));
    await page.getByText('add a target, put a drained one back').waitFor();
  });
});

describe('brokers', () => {
  it('get their address, and keep hashes only as long as somebody wants it', async () => {
    const { page } = browser;
    await visit(browser, at('/my/desktops'));
    await page.getByText('Nobody said yet what clients shall dial').waitFor();
    await page.getByRole('link', { name: 'Say it' }).click();
    await page.getByLabel('What clients dial').fill('desk.example.org:3390');
    await page.getByRole('button', { name: 'Save' }).click();
    await soon(() => given.api.broker.getSettings()).toEqual({ address: 'desk.example.org:3390', nla: true });
    const nla = page.getByRole('switch', { name: /Sign-in before/ });
    await nla.click();
    await page.getByRole('button', { name: 'Save' }).click();
    await dialog().getByText('All NT hashes are deleted at once').waitFor();
    await dialog().getByRole('button', { name: 'Turn off and delete' }).click();
    await soon(async () => (await given.api.broker.getSettings()).nla).toBe(false);
    await dialog().waitFor({ state: 'detached' });
    await nla.click();
    await page.getByRole('button', { name: 'Save' }).click();
    await soon(async () => (await given.api.broker.getSettings()).nla).toBe(true);
  });
});

describe('my desktops', () => {
  it('show the session, the programs and each way in', async () => {
    const { page } = browser;
    await visit(browser, at('/my/desktops'));
    await page.getByText('No session. Opening it begins one.').waitFor();
    const me = await given.api.sessions.me();
    const claim = await directory.claimLeastLoaded(requestOf(me.user.id, office, 'owner'), office);
    if (!('session' in claim)) throw new Error('the owner got no place');
    await page.getByText('Connecting on rdsh1').waitFor();
    const calculator = page.getByRole('link', { name: /Calculator: download/ });
    expect(await calculator.getAttribute('href')).toMatch(/file\.rdp\?application=calc$/);
    await page.getByRole('button', { name: 'Open Office' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'Download the .rdp file' }).click();
    expect((await download).suggestedFilename()).toBe('Office.rdp');
    await page.getByRole('button', { name: 'Open Office' }).click();
    const screen = page.getByRole('menuitem', { name: 'In the browser' });
    expect(await screen.getAttribute('href')).toBe('/my/desktops/Office/screen');
    await inspect(browser, 'my-desktops-menu');
    await page.getByRole('menuitem', { name: 'One-time ticket…' }).click();
    const command = await dialog().locator('code').filter({ hasText: 'xfreerdp' }).textContent();
    expect(command).toMatch(
      /^printf '%s\\n' \S+ \| xfreerdp \/v:desk\.example\.org:3390 \/u:owner \/d: '\/load-balance-info:tsv:\/\/MS Terminal Services Plugin\.1\.Office' \/from-stdin:force/,
    );
    expect(await dialog().getByRole('timer').textContent()).toMatch(/^Good for \d+ s$/);
    await inspect(browser, 'my-desktops-ticket');
    expect((await commandLines(browser)).flatMap((line) => commandFault(line) ?? [])).toEqual([]);
    await page.keyboard.press('Escape');
  });
});

describe('the overview', () => {
  it('counts sessions, targets, refusals and brokers, and leads to each', async () => {
    const { page } = browser;
    await visit(browser, at('/'));
    const panel = page.getByRole('region').or(page.locator('section')).filter({ hasText: 'Desktops of the broker' });
    await panel.getByText('No broker runs: nobody can connect.').waitFor();
    const { broker } = await given.api.system.overview();
    expect(broker).toMatchObject({ collections: 1, alive: 0, lastHour: { refused: 1, timedOut: 0 } });
    expect(broker.targets).toEqual({ total: 1, up: 1, draining: 0, down: 0, hostSilent: 0 });
    const card = (title: string) => panel.getByRole('link', { name: title });
    expect(await card('Sessions now').innerText()).toMatch(new RegExp(`${broker.sessions}\\s+1 more connecting`));
    expect(await card('Targets in use').innerText()).toMatch(/1\s+0 draining · 0 down/);
    await card('Refused').click();
    await page.getByRole('heading', { level: 1, name: 'Decisions' }).waitFor();
    await page.getByRole('row', { name: /grace.*Failed/ }).waitFor();
  });
});

describe('targets of all collections', () => {
  const row = (name: string) => browser.page.getByRole('row', { name: new RegExp(`${name}.*Office`) });

  it('that are down are one step from the overview, and leave the list once they answer', async () => {
    const { page } = browser;
    await given.api.targets.add({ body: { name: 'rdsh2', kind: 'session-host', collection: 'Office', state: 'down' } });
    await visit(browser, at('/'));
    // By keyboard alone.
    await page.getByRole('link', { name: 'Show: 1 target is down' }).press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Targets' }).waitFor();
    expect(new URL(page.url()).search).toBe('?which=down');
    await row('rdsh2').getByText('Down', { exact: true }).waitFor();
    expect(await row('rdsh1').count()).toBe(0);
    await inspect(browser, 'targets-down');
    await given.api.targets.setState({ params: { id: 'rdsh2' }, body: { state: 'running' } });
    await page.getByText('No target is down').waitFor();
    await inspect(browser, 'targets-none-down');
  });

  it('whose hosts fell silent are one step from the overview, in both languages', async () => {
    const { page } = browser;
    const { db } = given.database;
    const host = await addHost(db, 'rdsh1', minutesAgo(6));
    await db.updateTable('broker_target').set({ host_id: host }).where('name', '=', 'rdsh1').execute();
    const shown = async (language: 'en' | 'fr', text: string) => {
      await page.evaluate((chosen) => localStorage.setItem('atelier.language', chosen), language);
      await visit(browser, at('/'));
      await page.getByText(text, { exact: true }).waitFor();
      await inspect(browser, `overview-silent-${language}`);
    };
    await shown('fr', 'L’hôte de 1 cible ne dit plus rien des sessions');
    await shown('en', 'The host of 1 target tells nothing of sessions any more');
    await page.getByRole('link', { name: 'Show: The host of 1 target tells nothing' }).press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Targets' }).waitFor();
    await row('rdsh1').getByText('Its host has told nothing of sessions since').waitFor();
    expect(await row('rdsh2').count()).toBe(0);
    await inspect(browser, 'targets-host-silent');
    await db.deleteFrom('host').where('id', '=', host).execute();
    await page.getByText('No host fell silent').waitFor();
  });

  it('are found by text and by how they stand, and are changed in place', async () => {
    const { page } = browser;
    await visit(browser, at('/targets?search=rdsh'));
    await row('rdsh1').waitFor();
    await page.getByRole('button', { name: 'Drain rdsh2' }).click();
    await row('rdsh2').getByText('drained').waitFor();
    await page.getByRole('combobox', { name: 'In use or not' }).click();
    await page.getByRole('option', { name: 'Drained' }).click();
    await row('rdsh1').waitFor({ state: 'detached' });
    await row('rdsh2').getByRole('link', { name: 'Office' }).waitFor();
    await page.getByRole('button', { name: 'Remove rdsh2' }).click();
    await dialog().getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByText('Nothing matches').waitFor();
  });
});

describe('the desktop in the browser', () => {
  it('says why there is none, with the way to try again at hand', async () => {
    const { page } = browser;
    await visit(browser, at('/my/desktops/Office/screen'));
    await page.getByRole('alert').getByText('The server cannot be reached').waitFor();
    await soon(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Connect again');
    await page.getByRole('combobox', { name: 'Your keyboard' }).selectOption('fr-CH');
    await inspect(browser, 'desktop-screen-failed');
    // The browser itself complains of the WebSocket that was refused.
    browser.complaints.length = 0;
  });
});

describe('roles and search', () => {
  it('know collections and targets', async () => {
    const { page } = browser;
    await visit(browser, at('/people/roles?new=1'));
    await dialog().getByRole('combobox', { name: 'User' }).fill('grace');
    await page.getByRole('option', { name: 'grace' }).click();
    await dialog().getByRole('combobox', { name: 'Where' }).click();
    await page.getByRole('option', { name: 'One collection' }).click();
    await dialog().getByRole('combobox', { name: 'Collection' }).click();
    await page.getByRole('option', { name: 'Office' }).click();
    await dialog().getByRole('button', { name: 'Give a role' }).click();
    await page.getByRole('row', { name: /grace.*Helpdesk.*collection/ }).waitFor();
    await dialog().waitFor({ state: 'detached' });
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Search' }).fill('rdsh');
    await page.getByRole('option', { name: /rdsh1.*Target/ }).click();
    await page.getByRole('row', { name: /rdsh1.*Running/ }).waitFor();
  });
});

describe('each page of the broker', () => {
  it.each([
    ['light', 'en', 1280],
    ['dark', 'fr', 360],
  ] as const)('is accessible and fits, in %s, %s, %i px wide', async (scheme, language, width) => {
    const { page } = browser;
    await page.setViewportSize({ width, height: 860 });
    await page.evaluate(
      ([scheme, language]: readonly string[]) => {
        localStorage.setItem('atelier.scheme', scheme!);
        localStorage.setItem('atelier.language', language!);
      },
      [scheme, language],
    );
    const faults: string[] = [];
    for (const path of brokerAddresses(office.id, decision)) {
      await visit(browser, at(path));
      await settled(browser);
      const name = path.replace(office.id, 'ID').replace(decision, 'ID').replace(/\W+/g, '-');
      await inspect(browser, `page${name}-${scheme}-${language}-${width}`);
      faults.push(...(await commandLines(browser)).flatMap((line) => commandFault(line) ?? []));
    }
    expect(faults).toEqual([]);
    // A change stream that breaks off (interfaces of other tests come and go) is begun anew by the console.
    const others = browser.complaints.filter((one) => !/net::ERR_\S+ \S+\/api\/v1\/changes$/.test(one));
    expect(others).toEqual([]);
  });
});
