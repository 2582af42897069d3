import {
  type EndpointReference,
  element,
  type Identity,
  ns,
  type Operation,
  readCreated,
  readFragment,
  readIdentity,
  readResource,
  type WsmanAnswer,
  type XmlElement,
} from '@atelier/wsman';
import type { ConnectionOptions } from './connection-options.ts';
import { type EnumerateOptions, enumerateItems, type ReferencedItem } from './enumerate.ts';
import { winrmError } from './errors.ts';
import { type GivenProperties, propertiesElement } from './property-values.ts';
import { asLocator, type ResourceLocator } from './resource-locator.ts';
import { openShell, type RemoteShell, type ShellOptions } from './shell/remote-shell.ts';
import {
  type EventBatch,
  type PushOptions,
  type PushSubscription,
  pullBatches,
  pullEvents,
  pushEvents,
  type SubscribeOptions,
} from './subscribe.ts';
import { type CallOptions, WsmanCall } from './wsman-call.ts';

/** A resource: a locator, or text for `resourceLocator`. */
export type Resource = string | ResourceLocator;

const lastPart = (uri: string): string => uri.slice(uri.lastIndexOf('/') + 1);
const isElement = (value: XmlElement | GivenProperties): value is XmlElement =>
  'children' in value && Array.isArray(value.children) && 'ns' in value;

/**
 * Calls to one host. Connections are made when they are needed and kept while they are of use; close the session at the end.
 * Every call throws `WsmanFault` for what the host answers as a fault, and the errors of this adapter for everything else.
 */
export class Session {
  readonly options: ConnectionOptions;
  readonly #call: WsmanCall;

  constructor(options: ConnectionOptions) {
    this.options = options;
    this.#call = new WsmanCall(options);
  }

  #send(operation: Operation, locator: ResourceLocator, call: CallOptions): Promise<WsmanAnswer> {
    const { options, fragment, resourceUri, selectors } = locator;
    return this.#call.send(
      operation,
      { resource: { resourceUri, selectors }, ...(options ? { options } : {}), ...(fragment ? { fragment } : {}) },
      call,
    );
  }

  /** Which product listens there, and which protocol it speaks. */
  async identify(call: CallOptions = {}): Promise<Identity & { readonly protocolVersion: string }> {
    return readIdentity(await this.#call.send({ kind: 'identify' }, {}, call));
  }

  /** The representation of a resource. */
  async get(resource: Resource, call: CallOptions = {}): Promise<XmlElement> {
    const locator = asLocator(resource);
    if (locator.fragment) throw winrmError('winrm.request', 'use getFragment for a part of a resource');
    return needed(readResource(await this.#send({ kind: 'get' }, locator, call)));
  }

  /** The part of a resource that the locator's fragment names: elements, or text of `text()`. */
  async getFragment(resource: ResourceLocator, call: CallOptions = {}): Promise<readonly (XmlElement | string)[]> {
    if (!resource.fragment) throw winrmError('winrm.request', 'the locator names no fragment');
    return readFragment(await this.#send({ kind: 'get' }, resource, call));
  }

  /** Replaces a representation, and gives the new one; the given one when the host says nothing. */
  async put(resource: Resource, body: XmlElement, call: CallOptions = {}): Promise<XmlElement> {
    const locator = asLocator(resource);
    const content = locator.fragment ? element(ns.wsman, 'XmlFragment', null, ...fragmentContent(body)) : body;
    return readResource(await this.#send({ kind: 'put', body: content }, locator, call)) ?? body;
  }

  /** Replaces the text of a part, e.g. with a fragment `Status/text()`. */
  async putFragment(resource: ResourceLocator, text: string, call: CallOptions = {}): Promise<void> {
    if (!resource.fragment) throw winrmError('winrm.request', 'the locator names no fragment');
    await this.#send({ kind: 'put', body: element(ns.wsman, 'XmlFragment', null, text) }, resource, call);
  }

  /** Creates a resource: properties are written in the namespace of its URI, under the URI's last part. */
  async create(
    resource: Resource,
    body: XmlElement | GivenProperties | null,
    call: CallOptions = {},
  ): Promise<EndpointReference> {
    const locator = asLocator(resource);
    const content =
      body === null || isElement(body)
        ? body
        : propertiesElement(locator.resourceUri, lastPart(locator.resourceUri), body);
    return readCreated(await this.#send({ kind: 'create', body: content }, locator, call));
  }

  async delete(resource: Resource, call: CallOptions = {}): Promise<void> {
    await this.#send({ kind: 'delete' }, asLocator(resource), call);
  }

  /** Calls a method; gives its `method_OUTPUT` with out parameters and ReturnValue (`propertiesOf` reads them). */
  async invoke(
    method: string,
    resource: Resource,
    input: XmlElement | GivenProperties | null = null,
    call: CallOptions = {},
  ): Promise<XmlElement> {
    const locator = asLocator(resource);
    const content =
      input !== null && isElement(input)
        ? input
        : propertiesElement(locator.resourceUri, `${method}_INPUT`, input ?? {});
    return needed(readResource(await this.#send({ kind: 'invoke', method, input: content }, locator, call)));
  }

  #items(resource: Resource, mode: 'object' | 'epr' | 'object-and-epr', options: EnumerateOptions) {
    return enumerateItems(this.#call, asLocator(resource), mode, this.options.batchItems ?? 100, options);
  }

  /** The instances of a resource, drawn as fast as the caller takes them. */
  async *enumerate(resource: Resource, options: EnumerateOptions = {}): AsyncGenerator<XmlElement, void, undefined> {
    for await (const { item } of this.#items(resource, 'object', options)) if (item) yield item;
  }

  /** References only. */
  async *enumerateReferences(
    resource: Resource,
    options: EnumerateOptions = {},
  ): AsyncGenerator<EndpointReference, void, undefined> {
    for await (const { reference } of this.#items(resource, 'epr', options)) if (reference) yield reference;
  }

  /** Instances with their references. */
  async *enumerateBoth(
    resource: Resource,
    options: EnumerateOptions = {},
  ): AsyncGenerator<ReferencedItem, void, undefined> {
    for await (const { item, reference } of this.#items(resource, 'object-and-epr', options))
      if (item && reference) yield { item, reference };
  }

  /** Events as they happen, until the signal aborts or the caller stops. */
  subscribe(resource: Resource, options: SubscribeOptions = {}): AsyncGenerator<XmlElement, void, undefined> {
    return pullEvents(this.#call, asLocator(resource), options);
  }

  /** The same, in the host's batches with their bookmarks: for who must not lose one. */
  subscribeBatches(resource: Resource, options: SubscribeOptions = {}): AsyncGenerator<EventBatch, void, undefined> {
    return pullBatches(this.#call, asLocator(resource), options);
  }

  /** Has the host send events to a collector. */
  subscribePush(resource: Resource, options: PushOptions): Promise<PushSubscription> {
    return pushEvents(this.#call, asLocator(resource), options);
  }

  /** Opens a command shell. */
  shell(options: ShellOptions = {}): Promise<RemoteShell> {
    return openShell(this.#call, options, this.options.maxEnvelopeSize ?? 512_000);
  }

  /** Ends all connections. Shells that are still open are left to the host's idle time. */
  close(): void {
    this.#call.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}

const needed = (found: XmlElement | null): XmlElement => {
  if (!found) throw winrmError('winrm.answer', 'the body of the answer is empty');
  return found;
};

const fragmentContent = (body: XmlElement): readonly (XmlElement | string)[] =>
  body.ns === ns.wsman && body.name === 'XmlFragment' ? body.children : [body];
