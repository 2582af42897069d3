import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A Chromium of its own, with nothing of anybody's in it. */
export interface TestBrowser {
  readonly context: BrowserContext;
  /** Folder where {@link shot} writes. */
  readonly screenshots: string;
  readonly page: Page;
  /** What the pages complained about: exceptions, console errors, broken CSP. */
  readonly complaints: string[];
  readonly close: () => Promise<void>;
}

/** Starts Debian's Chromium, headless, trusting our own test authority. `ATELIER_SCREENSHOTS` names a folder to keep the pictures in. */
export async function startBrowser(): Promise<TestBrowser> {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-browser-'));
  const screenshots = process.env.ATELIER_SCREENSHOTS ?? join(folder, 'screenshots');
  await mkdir(screenshots, { recursive: true });
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: '/usr/bin/chromium',
    headless: true,
    args: flags,
    ignoreHTTPSErrors: true,
    viewport: { width: 1280, height: 860 },
    locale: 'en-GB',
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  const page = context.pages()[0] ?? (await context.newPage());
  context.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`${page.url()} ${error.message}`));
  page.on('console', (message) => {
    // Labs beside us make and remove networks of this machine; the console asks again by itself.
    if (message.text().includes('ERR_NETWORK_CHANGED')) return;
    // IronRDP looks into the clipboard many times a second; when somebody copies at that moment Chromium ends that look, and the next one sees the new text.
    if (message.text().includes('Clipboard monitoring error: InvalidStateError')) return;
    if (message.type() === 'error') complaints.push(`${page.url()} ${message.text()} ${message.location().url}`);
  });
  return {
    context,
    screenshots,
    page,
    complaints,
    close: async () => {
      await context.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Writes a picture of the whole page. */
export async function shot(browser: TestBrowser, name: string): Promise<void> {
  await browser.page.screenshot({ path: join(browser.screenshots, `${name}.png`), fullPage: true });
}

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
let axeSource: string | undefined;

/** Serious and critical violations of WCAG 2.2 A and AA on the page as it is now, each as one line. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  axeSource ??= await readFile(axeFile, 'utf8');
  // evaluate() goes by the debugger's way, which the page's CSP does not forbid.
  await page.evaluate(axeSource);
  const found = await page.evaluate(async () => {
    const axe = (
      globalThis as unknown as {
        axe: {
          run(
            root: Document,
            options: unknown,
          ): Promise<{
            violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
          }>;
        };
      }
    ).axe;
    return (
      await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    ).violations;
  });
  return found
    .filter((one) => one.impact === 'serious' || one.impact === 'critical')
    .flatMap((one) =>
      one.nodes.map(
        (node) => `${one.id}: ${node.html.slice(0, 200)} — ${node.failureSummary.replaceAll('\n', ' ').slice(0, 300)}`,
      ),
    );
}
