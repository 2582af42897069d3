import { auditCapability } from './audit/capability.ts';
import { broker } from './broker/index.ts';
import { desktops } from './desktops.ts';
import { eventsCapability } from './events/capability.ts';
import { hosts } from './hosts/index.ts';
import type { Metrics } from './http/metrics.ts';
import { identityCapability } from './identity/capability.ts';
import { peopleCapability } from './people/capability.ts';
import type { Capability } from './services.ts';
import { systemCapability } from './system/capability.ts';
import type { Checks } from './system/checks.ts';
import { tasksCapability } from './tasks/capability.ts';

/** Everything that this server can do, in the order in which it is started; stopped in the other order. */
export const capabilities = (own: {
  readonly checks: Checks;
  readonly metrics: Metrics;
}): Readonly<Record<string, Capability>> => ({
  identity: identityCapability,
  people: peopleCapability,
  tasks: tasksCapability,
  audit: auditCapability,
  events: eventsCapability,
  desktops,
  hosts,
  broker,
  system: systemCapability(own),
});
