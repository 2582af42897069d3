import type { ListenerEntry } from '../config/listener-entry.ts';
import type { ServiceConfig } from '../config/winrm-config.ts';

/** Where WinRM 1.1 listened, and where clients of it still look. */
export const compatibilityPorts = { HTTP: 80, HTTPS: 443 } as const;
export type CompatibilityPorts = Readonly<Record<'HTTP' | 'HTTPS', number>>;

/** The listeners that EnableCompatibilityHttpListener and EnableCompatibilityHttpsListener ask for, besides those in the table. */
export function compatibilityListeners(service: ServiceConfig, ports: CompatibilityPorts): readonly ListenerEntry[] {
  const entry = (transport: 'HTTP' | 'HTTPS'): ListenerEntry => ({
    address: '*',
    transport,
    port: ports[transport],
    hostname: '',
    enabled: true,
    urlPrefix: 'wsman',
    certificateThumbprint: '',
  });
  return [
    ...(service.EnableCompatibilityHttpListener ? [entry('HTTP')] : []),
    ...(service.EnableCompatibilityHttpsListener ? [entry('HTTPS')] : []),
  ];
}
