import type { Hotspot } from './card.ts';
import type { Shape } from './shape.ts';

/** What a view looks like: its shapes, and what in it can be clicked. */
export interface Picture {
  readonly shapes: readonly Shape[];
  readonly hotspots: readonly Hotspot[];
}
