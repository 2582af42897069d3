import { join } from 'node:path';
import { makeVersionTwo } from '@atelier/adapters/debian-image';
import type { Instance, MyWorkspace } from '@atelier/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshClone, freshClone } from './main-job/fresh-clone.ts';
import { untilScreenShows } from './main-job/read-screen.ts';
import { shot, startBrowser, type TestBrowser } from './support/browser.ts';

const minutes = 60;
/** What the person's file holds, which was written in version 1. */
const note = /VERSION=.?1/;
const person = { name: 'ada', password: 'a long sentence for Ada' };

// The story that everything else stands on, as a person lives it: one test after the other, on one machine.
describe('from a bare checkout to a desktop, updated by delta', { timeout: 20 * 60_000 }, () => {
  let clone: FreshClone;
  let browser: TestBrowser;
  let running: ReturnType<FreshClone['start']> | undefined;
  let begun = 0;

  beforeAll(async () => {
    browser = await startBrowser();
    clone = await freshClone();
  });
  afterAll(async () => {
    await running?.stop();
    await browser?.close();
    await clone?.remove();
  });

  const home = () => `https://localhost:${clone.port}`;
  const mine = () =>
    browser.page.evaluate(
      async () => (await (await fetch('/api/v1/my/workspaces')).json()) as { items: MyWorkspace[] },
    );
  const instance = async (): Promise<Instance | null> =>
    (await mine()).items.find((one) => one.name === 'debian-lab')?.endpoints[0]?.instance ?? null;
  const until = (what: (instance: Instance | null) => boolean, seconds: number) =>
    expect.poll(async () => what(await instance()), { timeout: seconds * 1000, interval: 500 }).toBe(true);
  const button = (name: string | RegExp) => browser.page.getByRole('button', { name, exact: typeof name === 'string' });
  const type = async (line: string) => {
    await browser.page.locator('.vm-target').click();
    await browser.page.keyboard.type(line, { delay: 60 });
    await browser.page.keyboard.press('Enter');
  };
  const openScreen = async () => {
    await browser.page.goto(`${home()}/my`);
    await browser.page.getByRole('link', { name: 'Open the screen' }).click();
  };

  it('starts by npm start alone, and the one-time link makes the first administrator', async () => {
    begun = performance.now();
    running = clone.start();
    const [link] = await running.printed(/https:\/\/localhost:\d+\/setup#token=[\w-]+/, 10 * minutes);
    const { page } = browser;
    await page.goto(link);
    await page.getByLabel('User name').fill(person.name);
    await page.getByLabel('Password', { exact: true }).fill(person.password);
    await page.getByLabel('Password once more').fill(person.password);
    await button('Make the administrator').click();
    await page.getByRole('navigation').first().waitFor();
    await shot(browser, 'main-1-overview');
  });

  it('gives the sample to everyone: Start fetches it, and its login is on the screen in the browser', async () => {
    await running!.printed(/debian-lab is ready/, 15 * minutes);
    const { page } = browser;
    await page.goto(`${home()}/my`);
    await button('Start').click();
    await shot(browser, 'main-2-transfer');
    await until((one) => one?.state === 'running', 5 * minutes);
    await openScreen();
    const text = await untilScreenShows(page, clone.scratch, /version\s*1\b[\s\S]*person@/, 4 * minutes);
    expect(text).toContain('kept');
    console.log(`clone to desktop: ${((performance.now() - begun) / 60_000).toFixed(1)} min`);
    await shot(browser, 'main-3-screen');
  });

  it('keeps what the person writes', async () => {
    // no character that needs Shift: the browser's driver does not hold it down
    await type('cp /etc/atelier-image note; sync; cat note');
    await untilScreenShows(browser.page, clone.scratch, note, 60);
    await until((one) => one?.guestAgent === true, 2 * minutes);
  });

  it('publishes version 2, made by apt inside the guest, and the client updates by delta', async () => {
    await clone.atelier(['login', '-u', person.name, '--password-stdin'], `${person.password}\n`);
    const [v1, v2] = ['1', '2'].map((name) => join(clone.scratch, `v${name}.raw`)) as [string, string];
    await clone.atelier(['image', 'pull', 'debian-lab', v1]);
    await makeVersionTwo({ base: v1, target: v2, workDir: clone.scratch, accelerator: 'tcg' });
    await clone.atelier(['image', 'import', 'debian-lab', v2, '--notes', 'figlet', '--channel', 'stable']);
    await browser.page.goto(`${home()}/my`);
    await button('Update to v2').click({ timeout: 60_000 });
    await until((one) => one?.stagedVersion === 2 && one.transfer?.state === 'done', 5 * minutes);
    const transfer = (await instance())!.transfer!;
    expect(transfer.bySource.previous).toBeGreaterThan(transfer.bytesTotal / 20);
    expect(transfer.bySource.network).toBeLessThan(transfer.bySource.previous);
    expect(transfer.wireBytes).toBeLessThan(30_000_000);
    await shot(browser, 'main-4-updated');
  });

  const stopAndStart = async () => {
    await browser.page.goto(`${home()}/my`);
    await button('Stop').click();
    await until((one) => one?.state === 'ready', 4 * minutes);
    return async () => {
      await button('Start').click();
      await until((one) => one?.state === 'running', 5 * minutes);
      await openScreen();
    };
  };

  it('boots version 2, with the person’s data', async () => {
    await (await stopAndStart())();
    await untilScreenShows(browser.page, clone.scratch, /version\s*2\b[\s\S]*person@/, 4 * minutes);
    await type('cat note');
    await untilScreenShows(browser.page, clone.scratch, note, 60);
    await shot(browser, 'main-5-version-2');
  });

  it('goes back to version 1, with the person’s data', async () => {
    const start = await stopAndStart();
    await button('More').click();
    await browser.page.getByRole('menuitem', { name: 'Go back to v1' }).click();
    await button('Take v1').click();
    // taken at the next start
    await until((one) => one?.stagedVersion === 1, 60);
    await start();
    await untilScreenShows(browser.page, clone.scratch, /version\s*1\b[\s\S]*person@/, 4 * minutes);
    await type('cat note');
    await untilScreenShows(browser.page, clone.scratch, note, 60);
  });

  it('is up in seconds the second time, and Ctrl-C ends it cleanly', async () => {
    await browser.page.goto(`${home()}/my`);
    await button('Stop').click();
    await until((one) => one?.state === 'ready', 4 * minutes);
    expect(await running!.stop()).toContain('✓ stopped');
    const again = performance.now();
    running = clone.start();
    await running.printed(/is online/, 60);
    expect(performance.now() - again).toBeLessThan(30_000);
    await browser.page.reload();
    expect((await instance())?.version).toBe(1);
    expect(await running.stop()).toContain('✓ stopped');
    running = undefined;
    expect(browser.complaints.filter((line) => !/WebSocket|Failed to load resource/.test(line))).toEqual([]);
  });
});
