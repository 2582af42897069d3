import type { Properties } from '@atelier/domain/broker';

/** What targets run in, such as the physical host of virtual machines (ITsSbEnvironment). */
export interface Environment {
  readonly name: string;
  /** Relative: 200 takes twice as much as 100. */
  readonly serverWeight: number;
  readonly properties: Properties;
}
