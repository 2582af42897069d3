import { isCimError } from '@atelier/cim';
import { fault, isWsmanFault, type WsmanFault } from '@atelier/wsman';

/** What is being done when CIM data turns out to be wrong: decides which fault the client gets. */
export type Reading = 'selectors' | 'filter' | 'body' | 'input' | 'provider';

/** The fault for an error; a provider's own errors are named after it, without their text. */
export function engineFault(error: unknown, reading: Reading, provider?: string): WsmanFault {
  if (isWsmanFault(error)) return error;
  const cause = { cause: error };
  if (isCimError(error) && reading !== 'provider') {
    const reason = error.message;
    if (error.kind === 'unknown-class') return fault('resourceNotFound', { reason }, cause);
    if (reading === 'filter') return fault('enumerateCannotProcessFilter', { reason }, cause);
    if (reading === 'selectors') return fault('selectorTypeMismatch', { reason }, cause);
    if (error.kind === 'nesting') return fault('embeddedInstanceTooDeep', { reason }, cause);
    if (reading === 'input') return fault('invalidParameter', { reason }, cause);
    return fault(error.kind === 'wrong-class' ? 'invalidXmlNamespace' : 'invalidXmlValues', { reason }, cause);
  }
  if (isCimError(error) && error.kind === 'nesting') return fault('embeddedInstanceTooDeep', {}, cause);
  return fault('internalError', provider === undefined ? {} : { provider }, cause);
}

/** Waits for a provider; its errors become faults that name it. An abort passes as it is. */
export async function guarded<T>(provider: string, signal: AbortSignal, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    throw engineFault(error, 'provider', provider);
  }
}
