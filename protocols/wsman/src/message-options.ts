import type { TextEncoding } from './decode-text.ts';
import type { FragmentTransfer } from './request-headers.ts';

/** What an answer needs from outside: no clock and no randomness in here. */
export interface MessageOptions {
  /** `uuid:` and a GUID in upper case. */
  readonly messageId: string;
}

/** What an answer echoes from the request it belongs to; `RequestHeaders` is one, and a request that could not be read gives what was found. */
export interface AnsweredHeaders {
  readonly action: string;
  readonly messageId: string;
  readonly operationId: string | null;
  readonly sequenceId: number | null;
  readonly activityId: string | null;
  readonly fragment: FragmentTransfer | null;
  readonly locale: string | null;
  readonly encoding: TextEncoding;
}
