import type { EventDelivery } from './event-delivery.ts';
import type { EndpointReference } from './resource-reference.ts';
import type { ShellStream } from './shell-operation.ts';
import type { XmlContent } from './xml-element.ts';

/** What Identify tells (DSP0226 §11). */
export interface Identity {
  readonly productVendor: string;
  readonly productVersion: string;
  readonly securityProfiles?: readonly string[];
}

/** State of a shell as clients see it (MS-WSMV 2.2.4.37). Times in milliseconds. */
export interface ShellState {
  readonly shellId: string;
  readonly name: string | null;
  readonly resourceUri: string;
  readonly owner: string;
  readonly clientIp: string;
  readonly processId: number | null;
  readonly inputStreams: readonly string[];
  readonly outputStreams: readonly string[];
  readonly workingDirectory: string | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly idleTimeout: number;
  readonly maxIdleTimeout: number;
  readonly lifetime: number | null;
  readonly locale: string;
  readonly dataLocale: string;
  readonly state: 'Connected' | 'Disconnected';
  readonly bufferMode: 'Block' | 'Drop';
  /** Streams are compressed (rsp:CompressionType of the Create). */
  readonly compressed?: boolean;
  readonly profileLoaded: boolean;
  readonly runTime: number;
  readonly inactivity: number;
  /** Bytes. */
  readonly memoryUsed: number;
  readonly childProcesses: number;
}

/** Items that are written already: what an `ItemPacker` gives. */
export interface PackedItems {
  /** Content of `wsen:Items` or `wsman:Items`. */
  readonly xml: string;
  readonly count: number;
}

/** Part of a resource that a fragment names: elements, or text of `text()`. */
export type FragmentContent = readonly (XmlContent | string)[];

/** Answers to `ResourceOperation`. With `fragment` the body is `w:XmlFragment`. */
export type ResourceResponse =
  | ({ readonly kind: 'identify' } & Identity)
  | { readonly kind: 'get'; readonly body: XmlContent }
  | { readonly kind: 'get-fragment'; readonly content: FragmentContent }
  | { readonly kind: 'put'; readonly body: XmlContent | null }
  | { readonly kind: 'put-fragment'; readonly content: FragmentContent }
  | { readonly kind: 'create'; readonly reference: EndpointReference; readonly body?: XmlContent }
  | { readonly kind: 'delete' }
  | { readonly kind: 'invoke'; readonly body: XmlContent | null };

/** Answers to `EnumerationOperation`. */
export type EnumerationResponse =
  /** `items` is null for an enumeration that is not optimised; with `end` the context is written empty. */
  | {
      readonly kind: 'enumerate';
      readonly context: string;
      /** Milliseconds that the context lives; null says nothing. */
      readonly expires: number | null;
      readonly items: PackedItems | null;
      readonly end: boolean;
      readonly total?: number | null;
    }
  | {
      readonly kind: 'pull';
      readonly context: string;
      /** Of a subscription that asked for bookmarks: where its items end. */
      readonly bookmark?: XmlContent;
      readonly items: PackedItems;
      readonly end: boolean;
      readonly total?: number | null;
    }
  | { readonly kind: 'release' }
  | { readonly kind: 'renew-enumeration'; readonly context: string; readonly expires: number }
  | { readonly kind: 'enumeration-status'; readonly expires: number };

/** Answers to `SubscriptionOperation`. `expires` in milliseconds from now. */
export type SubscriptionResponse =
  | {
      readonly kind: 'subscribe';
      /** Address of the subscription manager, this service. */
      readonly address: string;
      readonly resourceUri: string;
      readonly identifier: string;
      readonly expires: number;
      /** Mode `pull`: what to pull with. */
      readonly context?: string;
    }
  | { readonly kind: 'renew'; readonly expires: number }
  | { readonly kind: 'subscription-status'; readonly expires: number }
  | { readonly kind: 'unsubscribe' };

export type CommandStateName = 'Running' | 'Done' | 'Pending';

/** Answers to `ShellOperation`. */
export type ShellResponse =
  | { readonly kind: 'create-shell'; readonly reference: EndpointReference; readonly shell: ShellState }
  | { readonly kind: 'command'; readonly commandId: string }
  | { readonly kind: 'send' }
  | {
      readonly kind: 'receive';
      readonly streams: readonly ShellStream[];
      /** Null for a receive on the shell itself. */
      readonly commandId: string | null;
      readonly state: CommandStateName;
      /** Present with state Done. */
      readonly exitCode: number | null;
    }
  | { readonly kind: 'signal' }
  | { readonly kind: 'disconnect' }
  | { readonly kind: 'reconnect' }
  | { readonly kind: 'connect'; readonly shell: ShellState; readonly connectXml?: string };

/** What a listener answers. `ack` answers delivered events. */
export type WsmanResponse =
  | ResourceResponse
  | EnumerationResponse
  | SubscriptionResponse
  | ShellResponse
  | { readonly kind: 'ack' };

export type { EventDelivery };
