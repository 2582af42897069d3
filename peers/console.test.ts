import { truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Channel, enrollDevice, type FakeDevice, running } from './lifecycle/fake-device.ts';
import { type LifecycleServer, lifecycleServer } from './lifecycle/running-server.ts';
import { startBrowser, type TestBrowser } from './support/browser.ts';
import { buildConsole } from './support/build-console.ts';
import { commandFault, commandLines, goTo, inspect, settled, signIn, signOut, visit } from './support/console.ts';
import { consoleAddresses, pictureName } from './support/console-addresses.ts';
import { halfway } from './support/halfway.ts';
import { tinyVnc } from './support/tiny-vnc.ts';

let given: LifecycleServer;
let browser: TestBrowser;
let folder: string;
let device: FakeDevice;
let channel: Channel;
let workspaceId: string;
const at = (path: string) => given.server.url + path;

beforeAll(async () => {
  buildConsole();
  given = await lifecycleServer();
  folder = await mkdtemp(join(tmpdir(), 'atelier-console-'));
  browser = await startBrowser();
});
afterAll(async () => {
  await channel?.close();
  await browser?.close();
  await given?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

describe('the first administrator', () => {
  it('is made by the one-time link, whose secret leaves the address bar at once', async () => {
    const { page } = browser;
    const link = await given.server.createSetupLink();
    await goTo(browser, link);
    await page.getByLabel('User name').fill('ada');
    expect(page.url()).toBe(at('/setup'));
    await page.getByLabel('Full name').fill('Ada Lovelace');
    await page.getByLabel('Password', { exact: true }).fill('short');
    await page.getByLabel('Password once more').fill('short');
    await page.getByRole('button', { name: 'Make the administrator' }).click();
    await page.getByText('at least 10 characters', { exact: true }).waitFor();
    await inspect(browser, 'set-up');
    await page.getByLabel('Password', { exact: true }).fill('an analytical engine');
    await page.getByLabel('Password once more').fill('an analytical engine');
    await page.getByRole('button', { name: 'Make the administrator' }).click();
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await inspect(browser, 'overview-empty');
  });

  it('cannot be made twice by the same link', async () => {
    const { page } = browser;
    const link = await given.server.createSetupLink();
    await goTo(browser, link.replace(/token=.*/, 'token=already-used'));
    await page.getByLabel('User name').fill('mallory');
    await page.getByLabel('Password', { exact: true }).fill('an analytical engine');
    await page.getByLabel('Password once more').fill('an analytical engine');
    await page.getByRole('button', { name: 'Make the administrator' }).click();
    await page.getByRole('alert').getByText('people.setup-link-invalid').waitFor();
  });

  it('signs out, is refused with a wrong password and signs in', async () => {
    const { page } = browser;
    await visit(browser, at('/'));
    await signOut(browser);
    await page.getByLabel('User name').fill('ada');
    await page.getByLabel('Password', { exact: true }).fill('wrong wrong wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('people.sign-in-failed').waitFor();
    await inspect(browser, 'sign-in-refused');
    await signIn(browser, given, 'owner');
    browser.complaints.length = 0;
  });
});

describe('an administrator', () => {
  it('imports a disk, packs, publishes and promotes it', async () => {
    const { page } = browser;
    const disk = join(folder, 'disk.raw');
    writeFileSync(disk, Buffer.alloc(300_000, 'atelier'));
    truncateSync(disk, 8 * 1024 * 1024);
    await visit(browser, at('/images'));
    await inspect(browser, 'images-empty');
    await page.getByRole('button', { name: 'Import an image' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('input[type=file]').setInputFiles(disk);
    await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('debian-lab');
    await dialog.getByLabel('Operating system').fill('Debian 12');
    await dialog.getByLabel('Desktop', { exact: true }).check();
    await inspect(browser, 'import');
    await dialog.getByRole('button', { name: 'Import' }).click();
    await page.waitForURL('**/images/debian-lab');
    await page.getByRole('button', { name: 'Pack debian-lab v1' }).click();
    await page.getByRole('button', { name: 'Publish debian-lab v1' }).click();
    await page.getByRole('button', { name: 'Promote debian-lab v1' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Promote' }).click();
    await page.getByRole('row', { name: /v1.*Available.*stable/ }).waitFor();
    await page.getByRole('button', { name: 'v1', exact: true }).click();
    await page.getByText('Digest of the manifest').waitFor();
    await inspect(browser, 'version');
  });

  it('makes a user, a group with that member, and gives a role', async () => {
    const { page } = browser;
    await visit(browser, at('/people'));
    await page.getByRole('button', { name: 'New user' }).click();
    let dialog = page.getByRole('dialog');
    await dialog.getByLabel('User name').fill('grace');
    await dialog.getByLabel('Full name').fill('Grace Hopper');
    await dialog.getByLabel('E-mail').fill('not an address');
    await dialog.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await expect.poll(() => dialog.getByLabel('E-mail').getAttribute('aria-invalid')).toBe('true');
    await dialog.getByLabel('E-mail').fill('grace@example.org');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('link', { name: 'Grace Hopper' }).waitFor();
    await visit(browser, at('/people/groups'));
    await page.getByRole('button', { name: 'New group' }).click();
    dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('pilots');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { level: 1, name: 'pilots' }).waitFor();
    await page.getByRole('button', { name: 'Add a member' }).click();
    dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'User' }).fill('Grace');
    await page.getByRole('option', { name: /Grace Hopper/ }).click();
    await dialog.getByRole('button', { name: 'Add a member' }).click();
    await page.getByRole('link', { name: 'grace' }).waitFor();
    await visit(browser, at('/people/roles?new=1'));
    dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'User' }).fill('grace');
    await page.getByRole('option', { name: /Grace Hopper/ }).click();
    await dialog.getByRole('button', { name: 'Give a role' }).click();
    await page.getByRole('row', { name: /grace.*Helpdesk.*Everywhere/ }).waitFor();
  });

  it('makes a workspace with a policy in the wizard, assigns it and sees the effective access', async () => {
    const { page } = browser;
    await visit(browser, at('/new-workspace'));
    await page.getByRole('combobox', { name: 'Image' }).click();
    await page.getByRole('option', { name: 'debian-lab' }).click();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByLabel('Name').fill('lab');
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByLabel('Processors').fill('2');
    await inspect(browser, 'wizard-policy');
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('button', { name: 'Make the workspace' }).click();
    await page.waitForURL('**/workspaces/lab/assignments');
    await page.getByRole('button', { name: 'Assign', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'Group' }).click();
    await page.getByRole('option', { name: 'everyone' }).click();
    await dialog.getByRole('button', { name: 'Assign', exact: true }).click();
    await page.getByRole('link', { name: 'everyone' }).waitFor();
    await page.getByRole('combobox', { name: 'Person' }).fill('Grace');
    await page.getByRole('option', { name: /Grace Hopper/ }).click();
    await page.getByRole('row', { name: /Clipboard.*not allowed.*everyone/ }).waitFor();
    await inspect(browser, 'effective-access');
    const made = await given.api.workspaces.get({ params: { id: 'lab' } });
    workspaceId = made.id;
    const { items } = await given.api.workspaces.listRevisions({ params: { id: 'lab' } });
    expect(items[0]!.document.vm.vcpus).toBe(2);
  });

  it('changes the policy, sees the difference and takes the old one again', async () => {
    const { page } = browser;
    await visit(browser, at('/workspaces/lab/policy'));
    await page.getByLabel('Lock when idle').fill('15');
    await page.getByRole('button', { name: 'Commit' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('lock.idleMinutes').waitFor();
    await dialog.getByLabel('Reason').fill('Shared desks');
    await inspect(browser, 'policy-commit');
    await dialog.getByRole('button', { name: 'Commit' }).click();
    await page.getByText('History', { exact: true }).click();
    await page.getByRole('row', { name: /2.*Active.*Shared desks/ }).waitFor();
    await page.getByRole('button', { name: 'Take again 1' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take again' }).click();
    await page.getByRole('row', { name: /3.*Active/ }).waitFor();
    const { items } = await given.api.workspaces.listRevisions({ params: { id: 'lab' } });
    expect(items[0]!.document.lock.idleMinutes).toBe(0);
  });

  it('makes an API token that is shown once, and the enrolment command', async () => {
    const { page } = browser;
    await visit(browser, at('/account/tokens?new=1'));
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('ci');
    await dialog.getByRole('combobox', { name: 'Permissions' }).fill('image:read');
    await page.getByRole('option', { name: 'image:read' }).click();
    await page.keyboard.press('Tab');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.getByText('This secret is shown once').waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('row', { name: /ci.*image:read/ }).waitFor();
    await visit(browser, at('/endpoints?add=1'));
    await page.getByRole('dialog').getByRole('button', { name: 'Make the command' }).click();
    const command = await page.getByRole('dialog').locator('code').textContent();
    expect(command).toContain(given.server.url);
  });

  it('is asked to type the name before something irreversible', async () => {
    const { page } = browser;
    await visit(browser, at('/workspaces/lab'));
    await page.getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete the workspace lab?' });
    expect(await dialog.getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true);
    await dialog.getByLabel('Type “lab” to confirm').fill('lab');
    expect(await dialog.getByRole('button', { name: 'Delete' }).isDisabled()).toBe(false);
    await inspect(browser, 'delete');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
  });
});

describe('a person', () => {
  it('sees a transfer by source, then the running workspace, live, and asks the computer to act', async () => {
    const { page } = browser;
    device = await enrollDevice(given, 'desk-7');
    channel = await device.connect();
    const { user } = await given.api.sessions.me();
    await visit(browser, at('/my'));
    channel.report([running(workspaceId, user.id, halfway)]);
    await page.getByRole('progressbar', { name: 'Transfer of version 1' }).waitFor();
    expect(await page.getByRole('progressbar', { name: 'Transfer of version 1' }).getAttribute('aria-valuenow')).toBe(
      '60',
    );
    await inspect(browser, 'my-transfer');
    channel.report([running(workspaceId, user.id)]);
    await page.getByText('Running', { exact: true }).waitFor();
    await inspect(browser, 'my-running');
    await page.getByRole('button', { name: 'Lock' }).click();
    await expect.poll(() => channel.commands.some((one) => one.kind === 'act' && one.action === 'lock')).toBe(true);
    channel.report([running(workspaceId, user.id, { state: 'locked' })]);
    await page.getByRole('button', { name: 'Unlock' }).waitFor();
    channel.report([running(workspaceId, user.id)]);
  });

  it('waits for the screen while there is none, then shows it, types into it and finds it again after a break', async () => {
    const { page } = browser;
    const asked = () => channel.commands.filter((one) => one.kind === 'open-screen');
    await visit(browser, at('/my'));
    await page.getByRole('link', { name: 'Open the screen' }).click();
    await page.getByText(/Its screen appears here as soon as there is one|Connecting to the screen/).waitFor();
    await expect.poll(() => asked().length).toBeGreaterThan(0);
    await inspect(browser, 'my-screen-waiting');
    const connect = async () => {
      const socket = device.socket(`/api/v1/device/screens/${asked().at(-1)!.screenId}`);
      const vnc = tinyVnc(socket);
      await page.getByText('lab · Connected').waitFor();
      return { socket, vnc };
    };
    const first = await connect();
    const green = () =>
      page.locator('.vm canvas').evaluate((canvas) => {
        const [red, green, blue] = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(5, 5, 1, 1).data;
        return `${red} ${green} ${blue}`;
      });
    await expect.poll(green).toBe('40 140 90');
    await inspect(browser, 'my-screen');
    await page.getByRole('button', { name: 'Type text' }).click();
    await page.getByRole('dialog').getByLabel('Text', { exact: true }).fill('ls é');
    await page.getByRole('button', { name: 'Type it' }).click();
    await expect.poll(() => first.vnc.keys).toEqual([...'ls é'].map((one) => one.charCodeAt(0)));
    await page.getByRole('button', { name: 'Keys' }).click();
    await page.getByRole('menuitem', { name: 'Ctrl-Alt-Del' }).click();
    await expect.poll(() => first.vnc.keys.slice(-3)).toEqual([0xffe3, 0xffe9, 0xffff]);
    const before = asked().length;
    first.socket.close();
    await expect.poll(() => asked().length).toBeGreaterThan(before);
    const second = await connect();
    second.socket.close();
    await visit(browser, at('/my'));
    browser.complaints.length = 0;
  });
});

describe('every page', () => {
  // Each look, language and width once: French on a narrow page is what fits least.
  it.each([
    ['light', 'en', 1280],
    ['dark', 'fr', 360],
  ] as const)(
    'is accessible, complains of nothing and fits, in %s, %s, %i px wide',
    async (scheme, language, width) => {
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
      for (const path of consoleAddresses(device.id)) {
        await visit(browser, at(path));
        expect(await page.evaluate(() => document.documentElement.lang)).toBe(language);
        await inspect(browser, `page${pictureName(path, device.id)}-${scheme}-${language}-${width}`);
        faults.push(...(await commandLines(browser)).flatMap((line) => commandFault(line) ?? []));
      }
      expect(faults).toEqual([]);
      expect(browser.complaints).toEqual([]);
    },
    600_000,
  );

  it('says on every list why it is empty when nothing matches', async () => {
    await browser.page.setViewportSize({ width: 1280, height: 860 });
    await browser.page.evaluate(() => localStorage.setItem('atelier.language', 'en'));
    for (const path of [
      '/images?search=zzz',
      '/workspaces?search=zzz',
      '/endpoints?search=zzz',
      '/people?search=zzz',
    ]) {
      await visit(browser, at(path));
      await browser.page.getByText('Nothing matches').waitFor();
    }
  });
});

describe('the keyboard', () => {
  it('is enough: skip link, shortcuts, palette, dialog and back', async () => {
    const { page } = browser;
    await visit(browser, at('/'));
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await page.getByRole('heading', { level: 1, name: 'Images' }).waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Images');
    await page.keyboard.press('/');
    await page.keyboard.type('deb');
    await page.waitForURL(/\/images\?search=deb$/);
    await page.keyboard.press('Control+k');
    // On a busy machine the palette takes the focus only after a moment.
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.closest('[role="dialog"]') != null), { timeout: 15_000 })
      .toBe(true);
    await page.keyboard.type('pilots');
    await page.getByRole('option', { name: /pilots/ }).waitFor();
    await inspect(browser, 'palette');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'pilots' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await inspect(browser, 'shortcuts');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });
});

describe('somebody with fewer permissions', () => {
  it('sees only what they may, and disabled buttons say which permission is missing', async () => {
    const { page } = browser;
    await signOut(browser);
    await signIn(browser, given, 'grace');
    await settled(browser);
    const nav = page.getByRole('navigation', { name: 'Main navigation' });
    expect(await nav.getByRole('link', { name: 'Endpoints' }).count()).toBe(1);
    expect(await nav.getByRole('link', { name: 'Audit' }).count()).toBe(0);
    await visit(browser, at('/workspaces/lab'));
    const remove = page.getByRole('button', { name: /^Delete.*workspace:write/ });
    expect(await remove.getAttribute('aria-disabled')).toBe('true');
    await inspect(browser, 'helpdesk-workspace');
  });

  it('without a role begins at their own workspaces', async () => {
    const { page } = browser;
    await given.person('plain');
    await signOut(browser);
    await signIn(browser, given, 'plain');
    await page.getByRole('heading', { level: 1, name: 'My workspaces' }).waitFor();
    await settled(browser);
    await inspect(browser, 'my-without-computer');
  });
});
