import { type BrokerFailureCode, brokerFailureErrorInfo } from '@atelier/domain/broker';

/**
 * What a plug-in throws to fail the connection (ITsSbBaseNotifySink::OnError): the client shows the error info of `code`. Anything else that it throws
 * only means that the plug-in itself failed, and the chain goes on without it. Plug-ins that run on their own make one by `provider.error(…)`; what
 * counts is the shape: `name` is `SbError`, and `code` is a known one.
 */
export class SbError extends Error {
  override readonly name = 'SbError';
  readonly code: BrokerFailureCode;
  /** False: only this plug-in found nothing; the chain goes on. */
  readonly fatal: boolean;

  constructor(
    code: BrokerFailureCode,
    message: string = code,
    options: { readonly fatal?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.fatal = options.fatal ?? true;
  }
}

/** What makes an error an SbError, wherever it was made. */
export interface SbErrorShape {
  readonly name: 'SbError';
  readonly code: BrokerFailureCode;
  readonly message: string;
  /** As good as true when it is left out. */
  readonly fatal?: boolean;
}

/** Whether something that was thrown is an SbError, also one of another copy of this module or from another process. */
export function isSbError(error: unknown): error is SbErrorShape {
  if (typeof error !== 'object' || error === null) return false;
  const { name, code } = error as { readonly name?: unknown; readonly code?: unknown };
  return name === 'SbError' && typeof code === 'string' && Object.hasOwn(brokerFailureErrorInfo, code);
}
