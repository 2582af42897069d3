import type { InputEvent } from './input-event.ts';

const flag = { horizontal: 0x400, wheel: 0x200, negative: 0x100, down: 0x8000 } as const;
const buttons = [
  [0x1000, 'left'],
  [0x2000, 'right'],
  [0x4000, 'middle'],
] as const;

/** A mouse event of either path ([MS-RDPBCGR] 2.2.8.1.1.3.1.1.3). */
export function mouseEvent(flags: number, x: number, y: number): InputEvent {
  const button = buttons.find(([bit]) => (flags & bit) !== 0)?.[1] ?? null;
  // The rotation is a 9-bit signed number in units of a 120th of a notch.
  const turned = (flags & flag.negative) !== 0 ? (flags & 0xff) - 256 : flags & 0xff;
  const wheel = (flags & flag.wheel) !== 0 ? turned / 120 : 0;
  return { kind: 'mouse', x, y, button, pressed: (flags & flag.down) !== 0, wheel };
}

/** TS_SYNC_EVENT's toggle flags, the same in both paths. */
export const locksEvent = (flags: number): InputEvent => ({
  kind: 'locks',
  scrollLock: (flags & 1) !== 0,
  numLock: (flags & 2) !== 0,
  capsLock: (flags & 4) !== 0,
});
