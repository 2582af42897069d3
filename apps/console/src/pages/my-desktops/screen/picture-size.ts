/** Width and height in CSS pixels, or those of a desktop. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How a desktop is laid into the page: whole, or pixel by pixel with bars to scroll. */
export type Picture = 'fit' | 'real';

/** Within this it stays as it is: a desktop is a few pixels smaller than its place, and stretching those blurs every letter. */
const almost = 1.02;

/** The size that a desktop is shown in. Its shape is kept: the pointer is where it seems to be. */
export function pictureSize(desktop: Size, stage: Size, picture: Picture): Size {
  if (picture === 'real' || desktop.width === 0 || desktop.height === 0) return desktop;
  const scale = Math.min(stage.width / desktop.width, stage.height / desktop.height);
  const by = scale >= 1 && scale < almost ? 1 : scale;
  return { width: desktop.width * by, height: desktop.height * by };
}

/** The size to ask a desktop for, so that it fills `stage`: RDP wants an even width, within bounds that hosts take (MS-RDPEDISP 2.2.2.2.1). */
export const desktopSize = (stage: Size): Size => ({
  width: Math.max(640, Math.min(4096, Math.floor(stage.width / 4) * 4)),
  height: Math.max(400, Math.min(4096, Math.floor(stage.height / 4) * 4)),
});
