import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import {
  type AnsweredHeaders,
  encodeText,
  type FaultBody,
  fault,
  faultBody,
  RefusedRequest,
  readRequest,
  requestLimits,
  WsmanFault,
  writeFault,
  writeResponse,
} from '@atelier/wsman';
import type { Audit } from '../audit.ts';
import type { Caller } from '../caller.ts';
import type { SettingsStore } from '../config/settings-store.ts';
import type { Dispatcher } from '../dispatch/dispatcher.ts';
import { envelopeLimit } from '../dispatch/envelope-limit.ts';

/** An answer as HTTP carries it. */
export interface MessageAnswer {
  /** 500 for every fault, as Windows has it. */
  readonly status: 200 | 500;
  readonly contentType: string;
  readonly body: Buffer;
}

const machine = hostname();
const utf8Type = 'application/soap+xml;charset=UTF-8';
const utf16Type = 'application/soap+xml;charset=UTF-16';
/** Requests that may have changed something when their answer turns out to be too large. */
const changing: ReadonlySet<string> = new Set(['put', 'create', 'delete', 'invoke']);
const messageId = () => ({ messageId: `uuid:${randomUUID().toUpperCase()}` });

function faultAnswer(headers: AnsweredHeaders, body: FaultBody): MessageAnswer {
  const text = writeFault(headers, body, { ...messageId(), machine });
  return {
    status: 500,
    contentType: headers.encoding === 'utf-16' ? utf16Type : utf8Type,
    body: encodeText(text, headers.encoding),
  };
}

const nobody: AnsweredHeaders = {
  action: '',
  messageId: '',
  operationId: null,
  sequenceId: null,
  activityId: null,
  fragment: null,
  locale: null,
  encoding: 'utf-8',
};

/** The fault for a message that is larger than the service takes, which nobody has read. */
export const tooLargeAnswer = (): MessageAnswer => faultAnswer(nobody, faultBody('serverEnvelopeLimit'));

/** Reads a message, has it answered, and writes the answer or the fault. Never throws: what is no fault of the protocol is an internal error. */
export async function answerMessage(
  bytes: Uint8Array,
  caller: Caller,
  dispatcher: Dispatcher,
  settings: SettingsStore,
  audit: Audit,
): Promise<MessageAnswer> {
  let headers: AnsweredHeaders = nobody;
  try {
    const { config } = settings.current;
    const limits = { ...requestLimits, xml: { ...requestLimits.xml, bytes: config.MaxEnvelopeSizekb * 1024 } };
    const request = readRequest(bytes, limits);
    headers = request.headers;
    const response = await dispatcher.answer(request, caller);
    const body = encodeText(writeResponse(request.headers, response, messageId()), headers.encoding);
    // What has been done stays done: the client must not take it for a failure (DSP0226 §6.2).
    if (body.length > envelopeLimit(request.headers, config))
      throw fault(changing.has(request.kind) ? 'unreportableSuccess' : 'maxEnvelopeSizeExceeded');
    return { status: 200, contentType: headers.encoding === 'utf-16' ? utf16Type : utf8Type, body };
  } catch (error) {
    if (error instanceof RefusedRequest) headers = error.headers;
    if (error instanceof WsmanFault) return faultAnswer(headers, error.body);
    audit({ kind: 'failure', message: 'an operation failed without a fault of its own', error });
    return faultAnswer(headers, faultBody('internalError'));
  }
}
