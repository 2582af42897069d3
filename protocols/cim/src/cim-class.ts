import type { CimType } from './cim-type.ts';

/** A property of a class. */
export interface CimProperty {
  readonly name: string;
  readonly type: CimType;
  readonly array?: boolean;
  readonly key?: boolean;
  readonly writable?: boolean;
  /** Class of a reference or of an embedded instance. */
  readonly className?: string;
  /** Unit of the value in CIM's words, e.g. `bytes`, `kilobytes`. */
  readonly units?: string;
  readonly description?: string;
  /** The words that its integers stand for. */
  readonly values?: Readonly<Record<string, string>>;
}

/** A parameter of a method. */
export interface CimParameter extends Omit<CimProperty, 'key' | 'writable'> {
  readonly direction: 'in' | 'out' | 'in-out';
  readonly required?: boolean;
}

/** A method; its result is the parameter `ReturnValue`. */
export interface CimMethod {
  readonly name: string;
  readonly returns: CimType;
  /** Can be called on the class, without an instance. */
  readonly static?: boolean;
  readonly parameters: readonly CimParameter[];
  readonly description?: string;
}

/** A class. Names compare without case everywhere in CIM. */
export interface CimClass {
  readonly name: string;
  readonly superclass?: string;
  readonly abstract?: boolean;
  readonly association?: boolean;
  /** Exactly one instance, which has no keys on the wire. */
  readonly singleton?: boolean;
  readonly description?: string;
  /** Own properties, without those of the superclass. */
  readonly properties: readonly CimProperty[];
  readonly methods?: readonly CimMethod[];
}
