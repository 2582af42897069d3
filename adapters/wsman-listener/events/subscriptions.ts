import type { RequestHeaders, SubscriptionOperation, SubscriptionResponse } from '@atelier/wsman';
import type { Operation } from '../dispatch/operation.ts';

export type SubscriptionRequest = SubscriptionOperation & { readonly headers: RequestHeaders };

/** Subscriptions to events (DSP0226 §10). */
export interface Subscriptions {
  answer(request: SubscriptionRequest, operation: Operation): Promise<SubscriptionResponse>;
  close(): Promise<void>;
}
