import type { TextEncoding } from './decode-text.ts';
import type { Option, ResourceReference } from './resource-reference.ts';
import type { XmlElement } from './xml-element.ts';

/** Which part of a resource is meant (DSP0226 §7.7). */
export interface FragmentTransfer {
  readonly dialect: string;
  readonly path: string;
}

/** What the SOAP header of a request says (DSP0226 §5, §6; MS-WSMV 2.2.4). */
export interface RequestHeaders {
  /** Empty for Identify, which needs no header. */
  readonly action: string;
  /** As it came: answers name it byte for byte. Empty for Identify without one. */
  readonly messageId: string;
  readonly to: string;
  /** Its `resourceUri` is empty when the message names none, e.g. Pull. */
  readonly resource: ResourceReference;
  readonly options: readonly Option[];
  /** Milliseconds. */
  readonly operationTimeout: number | null;
  /** Bytes. */
  readonly maxEnvelopeSize: number | null;
  readonly locale: string | null;
  readonly dataLocale: string | null;
  readonly sessionId: string | null;
  readonly operationId: string | null;
  readonly sequenceId: number | null;
  readonly activityId: string | null;
  readonly fragment: FragmentTransfer | null;
  /** The client wants to know how many items there will be. */
  readonly wantsTotal: boolean;
  /** `wse:Identifier`: the subscription that a manager's or a sink's message is about. */
  readonly identifier: string | null;
  readonly relatesTo: string | null;
  /** The sender of events wants them acknowledged. */
  readonly ackRequested: boolean;
  /** Content of the `wsman:Bookmark` header of delivered events. */
  readonly bookmark: XmlElement | string | null;
  /** Compression that the client offers for shell streams, e.g. `xpress`. */
  readonly compression: string | null;
  /** How the message was encoded; the answer is in the same. */
  readonly encoding: TextEncoding;
  /** Headers that we do not know, for reference parameters of our own endpoints. */
  readonly others: readonly XmlElement[];
}
