import type { Metrics } from './http/metrics.ts';
import { identityCapability } from './identity/capability.ts';
import type { Capability } from './services.ts';
import type { Checks } from './system/checks.ts';

/** Everything that this server can do, in the order in which it is started; stopped in the other order. */
export const capabilities = (_own: {
  readonly checks: Checks;
  readonly metrics: Metrics;
}): Readonly<Record<string, Capability>> => ({
  identity: identityCapability,
});
