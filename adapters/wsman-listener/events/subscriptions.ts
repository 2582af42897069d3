import { fault, type SubscriptionOperation, type WsmanRequest, type WsmanResponse } from '@atelier/wsman';
import type { Operation } from '../dispatch/operation.ts';

/** Subscriptions to events (DSP0226 §10). */
export interface Subscriptions {
  answer(request: WsmanRequest & SubscriptionOperation, operation: Operation): Promise<WsmanResponse>;
  close(): Promise<void>;
}

/** For a service whose resources have no events. */
export const noSubscriptions = (): Subscriptions => ({
  answer: async () => {
    throw fault('actionNotSupported');
  },
  close: async () => {},
});
