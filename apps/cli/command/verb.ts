import type { Ended, Output } from '../output/output.ts';
import type { Invocation } from './invocation.ts';

/** What completion offers at a place: names that the server or the client daemon knows, or a fixed set. */
export type Completes =
  | 'image'
  | 'workspace'
  | 'user'
  | 'group'
  | 'endpoint'
  | 'host'
  | 'task'
  | 'collection'
  | 'target'
  | 'environment'
  | 'session'
  | 'desktop'
  | 'context'
  | 'local-workspace'
  | 'file'
  | readonly string[];

export interface Argument {
  readonly name: string;
  readonly summary: string;
  readonly optional?: boolean;
  readonly completes?: Completes;
}

export interface Option {
  /** As commander reads it: `-n, --notes <text>`. `<value>` may be given once, `repeat` options as often as wanted. */
  readonly flags: string;
  readonly summary: string;
  readonly choices?: readonly string[];
  readonly repeat?: boolean;
  readonly default?: unknown;
  readonly required?: boolean;
  readonly parse?: (text: string) => unknown;
  readonly completes?: Completes;
}

/** One command, as data. What is the same for all (formats, questions, dry run, waiting) is added by these flags. */
export interface Verb {
  readonly name: string;
  readonly alias?: string;
  readonly summary: string;
  readonly arguments?: readonly Argument[];
  readonly options?: readonly Option[];
  /** Whole command lines, each with what it does. */
  readonly examples?: readonly (readonly [line: string, what: string])[];
  /** It changes something on a server: adds --dry-run. */
  readonly changes?: boolean;
  /** It starts long work: adds --wait, --no-wait and --timeout. */
  readonly waits?: boolean;
  /** It reads a list: adds --limit. */
  readonly lists?: boolean;
  /** What is lost, as a sentence without a full stop: asked before, unless --yes. */
  readonly loses?: (call: Invocation) => string;
  /** It reads its files again at SIGHUP instead of ending. */
  readonly reloads?: boolean;
  readonly run: (call: Invocation) => Promise<Output | Ended | undefined>;
}

/** A word of the product with what can be done to it. */
export interface Noun {
  readonly name: string;
  readonly summary: string;
  readonly group: string;
  readonly verbs: readonly Verb[];
}

/** A command that stands alone, such as `atelier login`. */
export interface LoneVerb extends Verb {
  readonly group: string;
}
