import type { EnvironmentSecret } from '@atelier/domain/broker';
import type { ImageDisks } from './image-disks.ts';

export interface DriverParts {
  /** Where virtual machines of this machine have their folders. */
  readonly folder: string;
  readonly images: ImageDisks;
  /** What is kept sealed for an environment; undefined when there is none. Asked at each use: it may be changed meanwhile. */
  readonly secret: (environment: string, secret: EnvironmentSecret) => Promise<string | undefined>;
}

/** What a driver gets beside its settings. */
export interface OwnParts extends Omit<DriverParts, 'secret'> {
  readonly secret: (secret: EnvironmentSecret) => Promise<string | undefined>;
}
