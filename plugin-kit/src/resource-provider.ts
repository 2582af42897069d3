import type { EndpointReference, ResourceReference, XmlContent, XmlElement } from '@atelier/wsman';
import type { OperationContext } from './operation-context.ts';

/** What a resource can do (WinRM's plug-in configuration, `Capability`). */
export type Capability = 'get' | 'put' | 'create' | 'delete' | 'enumerate' | 'invoke' | 'subscribe' | 'shell';

/** A resource URI that a provider answers for. */
export interface ResourceDeclaration {
  readonly uri: string;
  /** Only this URI, not those that begin with it. The longest match wins. */
  readonly exact: boolean;
  readonly capabilities: readonly Capability[];
  /** Filter dialects that the provider understands itself; the listener offers fragments and SelectorFilter for everybody. */
  readonly filterDialects?: readonly string[];
  /** Names of options it knows; an unknown one with MustComply is refused before the provider is called. */
  readonly options?: readonly string[];
}

/** A filter as it came: text of its content, or the content when it is XML. */
export interface ResourceFilter {
  readonly dialect: string;
  readonly text: string;
  readonly element: XmlElement;
}

/** DSP0227's polymorphism modes. */
export type PolymorphismMode = 'IncludeSubClassProperties' | 'ExcludeSubClassProperties' | 'None';

/** What Enumerate asks of a provider. */
export interface EnumerateRequest extends ResourceReference {
  readonly filter: ResourceFilter | null;
  readonly polymorphism: PolymorphismMode | null;
  /** Whether references are wanted besides or instead of the items. */
  readonly mode: 'object' | 'epr' | 'object-and-epr';
}

/** One item of an enumeration. `reference` is present when the mode asks for it. */
export interface EnumeratedItem {
  readonly item: XmlContent;
  readonly reference?: ResourceReference;
}

/** What Subscribe asks of a provider. */
export interface SubscribeRequest extends ResourceReference {
  readonly filter: ResourceFilter | null;
  /** Where to begin: after this bookmark, at the `earliest` event kept, or with what comes from now on (null). */
  readonly bookmark: XmlElement | 'earliest' | null;
}

/** One event. `bookmark` lets a later subscription go on behind it. */
export interface ProviderEvent {
  readonly item: XmlContent;
  readonly bookmark?: XmlElement;
}

/** Says that so many events are lacking at this place: they came faster than they were taken. Subscribers are told (DSP0226 §10.8). */
export interface EventsDropped {
  readonly dropped: number;
}

/**
 * Answers WS-Management operations on resources. The listener has checked syntax, authorisation, quotas and options before it calls, and decides
 * how much of an enumeration fits in an envelope: an iterable is drawn from only as fast as the client pulls, and is returned when it goes.
 * Throw `WsmanFault` for the client's eyes.
 */
export interface ResourceProvider {
  readonly name: string;
  readonly resources: readonly ResourceDeclaration[];
  start?(): Promise<void>;
  stop?(): Promise<void>;
  get?(resource: ResourceReference, context: OperationContext): Promise<XmlContent>;
  /** Gives the new representation, or null when it is unchanged from `body`. */
  put?(resource: ResourceReference, body: XmlElement, context: OperationContext): Promise<XmlContent | null>;
  create?(
    resource: ResourceReference,
    body: XmlElement | null,
    context: OperationContext,
  ): Promise<{ readonly reference: EndpointReference; readonly body?: XmlContent }>;
  delete?(resource: ResourceReference, context: OperationContext): Promise<void>;
  enumerate?(request: EnumerateRequest, context: OperationContext): AsyncIterable<EnumeratedItem>;
  /** `method` is the action's last part; `input` the `method_INPUT` element. Gives the `method_OUTPUT` element. */
  invoke?(
    resource: ResourceReference,
    method: string,
    input: XmlElement | null,
    context: OperationContext,
  ): Promise<XmlContent>;
  /** Lasts until `context.signal` aborts. Must buffer within a bound of its own; where that overflows it gives `EventsDropped` in place of what it dropped. */
  subscribe?(request: SubscribeRequest, context: OperationContext): AsyncIterable<ProviderEvent | EventsDropped>;
}
