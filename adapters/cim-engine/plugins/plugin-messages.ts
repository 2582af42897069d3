import type { CimClass, CimInstance } from '@atelier/cim';
import type {
  CimChange,
  CimSource,
  EnumeratedItem,
  OperationContext,
  ProviderEvent,
  ResourceDeclaration,
} from '@atelier/plugin-kit';
import type { FaultBody } from '@atelier/wsman';

/** What travels between the agent and a plug-in's process. `advanced` serialisation keeps 64-bit integers. */
export type ContextData = Omit<OperationContext, 'signal'>;

export type CallName = Exclude<keyof CimSource, 'list' | 'watch'>;
export type StreamName = 'list' | 'watch' | 'enumerate' | 'subscribe';
/** Streams that give what happens, when it happens. */
export const isEager = (name: StreamName): boolean => name === 'watch' || name === 'subscribe';

export type ToPlugin =
  | {
      readonly kind: 'load';
      readonly as: 'cim-provider' | 'resource-provider';
      readonly module: string;
      readonly settings: Readonly<Record<string, unknown>>;
    }
  | {
      readonly kind: 'call';
      readonly id: number;
      /** Empty for a resource provider, which is asked itself. */
      readonly className: string;
      readonly name: CallName;
      readonly args: readonly unknown[];
      readonly context: ContextData;
    }
  | {
      readonly kind: 'open';
      readonly id: number;
      readonly className: string;
      readonly name: StreamName;
      readonly args: readonly unknown[];
      readonly context: ContextData;
    }
  /** Asks for at most so many further items of a stream. */
  | { readonly kind: 'pull'; readonly id: number; readonly count: number }
  /** Ends a call or a stream that nobody waits for any more. */
  | { readonly kind: 'close'; readonly id: number };

/** A provider without its functions. */
export type PluginDescription = CimDescription | ResourceDescription;

export interface ResourceDescription {
  readonly kind: 'resource-provider';
  readonly resources: readonly ResourceDeclaration[];
  readonly functions: readonly string[];
}

/** Which functions a class's source has. */
export interface CimDescription {
  readonly kind: 'cim-provider';
  readonly namespace: string;
  readonly classes: readonly CimClass[];
  readonly sources: Readonly<Record<string, readonly string[]>>;
}

export type FromPlugin =
  | { readonly kind: 'ready'; readonly description: PluginDescription }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | {
      readonly kind: 'items';
      readonly id: number;
      readonly items: readonly (CimInstance | CimChange | EnumeratedItem | ProviderEvent)[];
      readonly end: boolean;
    }
  | { readonly kind: 'error'; readonly id: number; readonly message: string; readonly fault: FaultBody | null };
