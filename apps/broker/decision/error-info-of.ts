import { type BrokerFailureCode, brokerFailureErrorInfo } from '@atelier/domain/broker';
import { type ErrorInfo, errorInfo } from '@atelier/rdp';

/** The name under which the client is told of a failure. */
export function errorInfoOf(code: BrokerFailureCode): ErrorInfo {
  const number = brokerFailureErrorInfo[code];
  const found = Object.entries(errorInfo).find(([, value]) => value === number);
  return (found?.[0] as ErrorInfo | undefined) ?? 'cbDestinationNotFound';
}
