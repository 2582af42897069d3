import type { CimClass, CimInstance, CimValue } from '@atelier/cim';
import type { OperationContext } from './operation-context.ts';

/** What the engine will need of a source, so that it can skip work; a source may always give more. */
export interface ListHint {
  /** Properties that will be looked at, in the class's spelling; null means all. */
  readonly properties: readonly string[] | null;
  /** Values that some properties must equal, from keys or from the query's conjunction. */
  readonly equals: Readonly<Record<string, CimValue>>;
}

/** Where the instances of one class come from. The engine filters, projects, and answers for superclasses and associations. */
export interface CimSource {
  list(hint: ListHint, context: OperationContext): AsyncIterable<CimInstance> | Iterable<CimInstance>;
  /** The instance with these keys, null when there is none; without it the engine looks through `list`. */
  get?(keys: Readonly<Record<string, CimValue>>, context: OperationContext): Promise<CimInstance | null>;
  /** `instance` is null for a static method. Gives the out parameters and `ReturnValue`. */
  invoke?(
    method: string,
    instance: CimInstance | null,
    input: Readonly<Record<string, CimValue>>,
    context: OperationContext,
  ): Promise<Readonly<Record<string, CimValue>>>;
  put?(
    instance: CimInstance,
    changes: Readonly<Record<string, CimValue>>,
    context: OperationContext,
  ): Promise<CimInstance>;
  create?(values: Readonly<Record<string, CimValue>>, context: OperationContext): Promise<CimInstance>;
  delete?(instance: CimInstance, context: OperationContext): Promise<void>;
  /** Changes as they happen, until `context.signal` aborts; without it the engine polls `list` at the query's WITHIN. */
  watch?(context: OperationContext): AsyncIterable<CimChange>;
}

/** What happened to an instance (`__InstanceCreationEvent` and its sisters). */
export interface CimChange {
  readonly kind: 'created' | 'modified' | 'deleted';
  readonly instance: CimInstance;
  /** The instance before, of a modification. */
  readonly previous?: CimInstance;
}

/** CIM classes of one namespace and where their instances come from. */
export interface CimProvider {
  readonly name: string;
  /** With slashes, e.g. `root/cimv2`. */
  readonly namespace: string;
  readonly classes: readonly CimClass[];
  /** By class name. A class without a source is abstract or an embedded one. */
  readonly sources: Readonly<Record<string, CimSource>>;
  start?(): Promise<void>;
  stop?(): Promise<void>;
}
