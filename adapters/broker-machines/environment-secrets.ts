import { hash } from 'node:crypto';
import type { EnvironmentSecret } from '@atelier/domain/broker';

/** What an environment's secret is called in the store of secrets. Names of environments may be anything, those of secrets may not. */
export const environmentSecretName = (environment: string, secret: EnvironmentSecret): string =>
  `${environmentSecretFolder(environment)}${secret}`;

/** What the names of all secrets of an environment begin with. */
export const environmentSecretFolder = (environment: string): string =>
  `environment/${hash('sha256', environment).slice(0, 32)}/`;
