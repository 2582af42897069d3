import type { Page } from 'playwright-core';

/** The colour of the browser's desktop, away from what stands in its first corner, 0xRRGGBB; null while there is none. */
export const desktopColour = (page: Page): Promise<number | null> =>
  page.evaluate(() => {
    const canvas = document.querySelector('iron-remote-desktop')?.shadowRoot?.querySelector('canvas');
    if (!canvas) return null;
    const copy = document.createElement('canvas').getContext('2d')!;
    copy.drawImage(canvas, canvas.width * 0.75, canvas.height * 0.75, 1, 1, 0, 0, 1, 1);
    const [r = 0, g = 0, b = 0] = copy.getImageData(0, 0, 1, 1).data;
    return r * 65_536 + g * 256 + b;
  });

/** Whether it is the wanted one, as RemoteFX gives it: almost. */
export const sameColour = (seen: number | null, wanted: number): boolean =>
  seen !== null && [16, 8, 0].every((shift) => Math.abs(((seen >> shift) & 255) - ((wanted >> shift) & 255)) < 8);

/** Pixels of the desktop's place in the page that the desktop leaves free: right of it, and below. Negative: it is cut off. */
export const roomBeside = (page: Page): Promise<readonly number[]> =>
  page.evaluate(() => {
    const canvas = document.querySelector('iron-remote-desktop')!.shadowRoot!.querySelector('canvas')!;
    const [inner, outer] = [canvas, document.querySelector('.vm-target')!].map((one) => one.getBoundingClientRect());
    return [outer!.right - inner!.right, outer!.bottom - inner!.bottom];
  });
