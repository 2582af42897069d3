import { X509Certificate } from 'node:crypto';
import type { hostEndpoints } from '@atelier/api';
import type { Handlers } from '../http/handlers.ts';
import type { Services } from '../services.ts';
import { subscriptionManagerPath } from './collector/index.ts';
import { certifyHost } from './enroll-host.ts';

/** Seconds between two questions of a source for its subscription. */
const refresh = 60;

/** What it takes to make a host bring its events by itself. */
export const forwardingHandlers = (
  services: Services,
): Pick<Handlers<typeof hostEndpoints>, 'certificate' | 'eventForwarding'> => ({
  certificate: ({ params, body }, context) => certifyHost(services, params.id, body.csr, context),
  eventForwarding: async () => {
    const { ca } = services.authority;
    const issuer = new X509Certificate(ca).fingerprint.replaceAll(':', '');
    const server = services.publicUrl() + subscriptionManagerPath;
    return { subscriptionManager: `Server=${server},Refresh=${refresh},IssuerCA=${issuer}`, ca };
  },
});
