/** What names one resource: its URI and selectors (DSP0226 §5.4.2). Selector names compare without case, in order of arrival. */
export interface ResourceReference {
  readonly resourceUri: string;
  readonly selectors: readonly Selector[];
}

/** A key of the resource. The value is text, or the endpoint reference of another resource. */
export interface Selector {
  readonly name: string;
  readonly value: string | EndpointReference;
}

/** A WS-Addressing endpoint reference that carries WS-Management's reference parameters. */
export interface EndpointReference extends ResourceReference {
  /** Address; the anonymous role when the service does not know its own. */
  readonly address: string;
}

/** An option of one operation (DSP0226 §6.4). */
export interface Option {
  readonly name: string;
  readonly value: string;
  /** The service must refuse the request when it does not know the option. */
  readonly mustComply: boolean;
  /** QName of the value's type, when the client said it. */
  readonly type?: string;
  /** Has no value at all (`xsi:nil`), as Windows writes options that are only there or not. */
  readonly nil?: true;
}
