import type { CimClass } from '@atelier/cim';
import type { CimSource } from '@atelier/plugin-kit';

/** Classes that belong together and where their instances come from. */
export interface ClassFamily {
  readonly classes: readonly CimClass[];
  readonly sources: Readonly<Record<string, CimSource>>;
}
