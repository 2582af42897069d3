import { expect } from 'vitest';
import { buildProgram } from '../../apps/cli/index.ts';
import type { LifecycleServer } from '../lifecycle/running-server.ts';
import { password } from '../lifecycle/running-server.ts';
import { accessibilityFaults, shot, type TestBrowser } from './browser.ts';

/**
 * Goes to an address; again when somebody beside us changed this machine's network: browsers then drop what is under way, be it the page or one of its
 * scripts, without which it stays empty.
 */
export async function goTo({ page }: TestBrowser, address: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await page.goto(address);
      await page.locator('#root > :not([role="alert"])').first().waitFor({ state: 'attached', timeout: 5000 });
      return;
    } catch (error) {
      if (attempt === 5 || !/ERR_NETWORK_CHANGED|chrome-error:|#root/.test((error as Error).message)) throw error;
    }
  }
}

/** Goes to an address of the console and waits until its page is there and quiet. */
export async function visit(browser: TestBrowser, address: string): Promise<void> {
  await goTo(browser, address);
  await settled(browser);
}

/** Waits until the page has its title and nothing is being loaded. */
export async function settled({ page }: TestBrowser): Promise<void> {
  await page.locator('#content h1').first().waitFor();
  await page.waitForFunction(
    () => document.querySelector('[aria-busy="true"], .mantine-Skeleton-root, .mantine-Loader-root') === null,
  );
}

/** Signs in by the form. */
export async function signIn(browser: TestBrowser, given: LifecycleServer, name: string): Promise<void> {
  const { page } = browser;
  await goTo(browser, given.server.url);
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('#content h1').first().waitFor();
}

/** Signs out by the menu; the console then loads itself anew. */
export async function signOut({ page }: TestBrowser): Promise<void> {
  await page.getByRole('button', { name: /^Your account/ }).click();
  const loaded = page.waitForEvent('load');
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await loaded;
  await page.getByLabel('User name').waitFor();
}

/** Takes the picture and the accessibility scan of the page as it is, and expects no serious fault and no sideways scrolling. */
export async function inspect(browser: TestBrowser, name: string): Promise<void> {
  await shot(browser, name);
  expect(await accessibilityFaults(browser.page), name).toEqual([]);
  const { over, by } = await browser.page.evaluate(() => ({
    over: document.documentElement.scrollWidth - innerWidth,
    by: [...document.querySelectorAll<HTMLElement>('#content *')]
      .filter((one) => one.getBoundingClientRect().right > innerWidth)
      .map((one) => `${one.tagName} ${one.className}: ${one.textContent.slice(0, 40)}`)
      .slice(-3),
  }));
  expect(over, `${name} scrolls sideways by ${over} px, by ${by.join('; ')}`).toBeLessThanOrEqual(0);
}

/** What is wrong with a command line that the console shows, or null: each word and flag must be known to the command line program. */
export function commandFault(line: string): string | null {
  const [program, ...words] = line.split(' ');
  if (program !== 'atelier') return `${line} does not begin with atelier`;
  let command = buildProgram('0', async () => undefined);
  for (const word of words) {
    const next = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
    if (!next) break;
    command = next;
  }
  if (!command.parent) return `${line}: no such command`;
  if (command.commands.length > 0) return `${line}: ${command.name()} needs a verb`;
  const flags = words.filter((word) => word.startsWith('-'));
  const unknown = flags.find(
    (flag) => !command.options.some((option) => option.long === flag || option.short === flag),
  );
  return unknown ? `${line}: no option ${unknown}` : null;
}

/** The command lines on the page that is shown. */
export async function commandLines({ page }: TestBrowser): Promise<string[]> {
  const texts = await page.locator('.mono, .command code').allTextContents();
  return texts.filter((text) => text.startsWith('atelier '));
}
