import type { CimInstance } from './cim-instance.ts';

/** Names an instance: its class and keys, and the namespace when it is another than the holder's. */
export interface CimReference {
  readonly kind: 'reference';
  readonly namespace?: string;
  readonly className: string;
  readonly keys: Readonly<Record<string, string | number | bigint | boolean>>;
}

/** A moment or, with `interval`, a span: both in CIM's text form of 25 characters (DSP0004 §5.2.4). */
export interface CimDateTime {
  readonly kind: 'datetime';
  /** `yyyymmddHHMMSS.mmmmmmsUUU`, or `ddddddddHHMMSS.mmmmmm:000` for an interval. */
  readonly text: string;
}

/** One value: 64-bit integers are `bigint` or safe `number`; null is "no value". */
export type CimScalar = string | number | bigint | boolean | CimDateTime | CimReference | CimInstance | null;

/** What a property, parameter or result holds. */
export type CimValue = CimScalar | readonly CimScalar[];
