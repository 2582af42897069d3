import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';

const run = promisify(execFile);

/** What stands on the virtual machine's screen in the page, read by an OCR program as a person would read it. */
async function readScreen(page: Page, folder: string): Promise<string> {
  const picture = await page.locator('.vm-target canvas').evaluate(
    (screen: HTMLCanvasElement) => {
      // dark on light and three times as large is what OCR programs are made for
      const paper = document.createElement('canvas');
      [paper.width, paper.height] = [screen.width * 3, screen.height * 3];
      const pen = paper.getContext('2d')!;
      pen.filter = 'grayscale(1) invert(1) contrast(3)';
      pen.drawImage(screen, 0, 0, paper.width, paper.height);
      return paper.toDataURL();
    },
    undefined,
    { timeout: 10_000 },
  );
  const file = join(folder, 'screen.png');
  await writeFile(file, Buffer.from(picture.slice(picture.indexOf(',') + 1), 'base64'));
  return (await run('tesseract', [file, '-', '--psm', '6'])).stdout;
}

/** Waits until the screen shows `text`; the error tells what it showed instead. */
export async function untilScreenShows(page: Page, folder: string, text: RegExp, seconds: number): Promise<string> {
  const end = performance.now() + seconds * 1000;
  let seen = '';
  while (performance.now() < end) {
    seen = await readScreen(page, folder).catch((error: Error) => error.message);
    if (text.test(seen)) return seen;
    await sleep(1000);
  }
  throw new Error(`the screen never showed ${text}, but:\n${seen}`);
}
