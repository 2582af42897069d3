import type { AnsweredHeaders } from './message-options.ts';
import { type FaultBody, WsmanFault } from './wsman-fault.ts';

/** A request that cannot be served as it stands. `headers` is what the fault can echo of it. */
export class RefusedRequest extends WsmanFault {
  readonly headers: AnsweredHeaders;

  constructor(body: FaultBody, headers: AnsweredHeaders, options?: ErrorOptions) {
    super(body, options);
    this.headers = headers;
  }
}
