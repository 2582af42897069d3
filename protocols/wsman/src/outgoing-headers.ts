import type { FragmentTransfer } from './request-headers.ts';
import type { Option, ResourceReference } from './resource-reference.ts';
import type { XmlElement } from './xml-element.ts';

/** What a client says in the header of a request; what is absent is not sent. */
export interface OutgoingHeaders {
  readonly to: string;
  /** `uuid:` and a GUID in upper case. */
  readonly messageId: string;
  readonly resource?: ResourceReference;
  readonly options?: readonly Option[];
  /** Milliseconds. */
  readonly operationTimeout?: number;
  /** Bytes. */
  readonly maxEnvelopeSize?: number;
  readonly locale?: string;
  readonly dataLocale?: string;
  readonly sessionId?: string;
  readonly operationId?: string;
  readonly sequenceId?: number;
  readonly activityId?: string;
  readonly fragment?: FragmentTransfer;
  readonly wantsTotal?: boolean;
  /** Reference parameters of the endpoint that the message goes to. */
  readonly parameters?: readonly XmlElement[];
  readonly ackRequested?: boolean;
  readonly bookmark?: XmlElement | string;
  /** Name of this machine, as Windows' event sources give theirs. */
  readonly machineId?: string;
}
