import type { CimValue } from './cim-value.ts';

/** An instance: its class and the values it has. Properties of the class that are not named are null. */
export interface CimInstance {
  readonly kind: 'instance';
  readonly className: string;
  readonly values: Readonly<Record<string, CimValue>>;
}
