import { rdpLimits } from '../limits.ts';

export interface DesktopSize {
  readonly width: number;
  readonly height: number;
}

/**
 * The size that is offered to a client which asks for this one: a client can ask for anything, and each pixel costs. Acceptor and lobby use it both, so
 * that they agree.
 */
export function boundedDesktop({ width, height }: DesktopSize): DesktopSize {
  const bounded = { width: edge(width), height: edge(height) };
  const tooMany = bounded.width * bounded.height > rdpLimits.desktopPixels;
  return tooMany ? { ...bounded, height: Math.floor(rdpLimits.desktopPixels / bounded.width) } : bounded;
}

/** 200 is the least that the specification allows. */
const edge = (pixels: number): number =>
  Math.min(Math.max(Number.isFinite(pixels) ? Math.trunc(pixels) : 0, 200), rdpLimits.desktopEdge);
