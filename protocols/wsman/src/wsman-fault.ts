import type { XmlContent } from './xml-element.ts';

/** SOAP code of a fault: who is to blame. */
export type FaultCode = 'Sender' | 'Receiver' | 'MustUnderstand' | 'VersionMismatch' | 'DataEncodingUnknown';

/** A fault as it travels (DSP0226 §14, MS-WSMV 2.2.4.43). */
export interface FaultBody {
  readonly code: FaultCode;
  /** QName of the subcode with the specification's prefix, e.g. `wsman:InvalidSelectors`, `wsen:TimedOut`; '' for none. */
  readonly subcode: string;
  /** Sentence for a person; the message catalogue's text of `number` when it is absent. */
  readonly reason?: string;
  /** The last part of a `…/wsman/faultDetail/X` URI, e.g. `UnexpectedSelectors`. */
  readonly detail?: string;
  /** WinRM's number, e.g. 2150858843: goes into `f:WSManFault/@Code`. */
  readonly number?: number;
  /** Name of the provider that failed, for `f:ProviderFault`. */
  readonly provider?: string;
  /** What a provider adds inside of `f:ProviderFault`. */
  readonly providerDetail?: XmlContent;
  /** The header that was not understood (SOAP 1.2 §5.4.8). */
  readonly notUnderstood?: { readonly ns: string; readonly name: string };
}

/** Thrown by whatever answers a request; the protocol layer turns it into a SOAP fault. Every other error becomes `wsman:InternalError` without its text. */
export class WsmanFault extends Error {
  override readonly name = 'WsmanFault';
  readonly body: FaultBody;

  constructor(body: FaultBody, options?: ErrorOptions) {
    super(body.reason ?? body.subcode, options);
    this.body = body;
  }
}

/** Whether an error is a fault for the client's eyes. */
export const isWsmanFault = (error: unknown): error is WsmanFault => error instanceof WsmanFault;
