import type { TlsConnection } from '../listener/listener.ts';
import type { RelayTools } from '../relay/relay-connection.ts';
import type { ClientTools } from '../session/client-context.ts';
import { secure } from '../sign-in/secure.ts';
import type { GatewayOptions } from './gateway-options.ts';
import { readOrder } from './gateway-order.ts';
import { provesManager } from './manager-proof.ts';
import { openDesktop } from './open-desktop.ts';
import { prepareDesktop } from './prepare-desktop.ts';

/**
 * Serves a connection of one of our servers, on behalf of a browser: the port is the same as for RDP clients, but it begins with TLS, in which the server
 * proves itself. Anybody else is cut off. Owns the socket.
 */
export async function serveGateway(
  tools: ClientTools & RelayTools,
  options: GatewayOptions,
  { socket, address, place }: TlsConnection,
): Promise<void> {
  const { parts, limits } = tools;
  try {
    if (!place.advance('sign-in')) return;
    const signal = AbortSignal.timeout(limits.openingMs);
    const tls = await secure(socket, tools.tls(), signal, { requestCertificate: true });
    try {
      if (!provesManager(tls, options)) {
        tools.admission().fault(address);
        return;
      }
      const order = await readOrder(tls, signal);
      if (order.ask === 'prepare') await prepareDesktop(tools, tls, order);
      else await openDesktop(tools, options, tls, { order, place, signal });
      await new Promise((resolve) => tls.end(() => resolve(null)));
    } finally {
      tls.destroy();
    }
  } catch (error) {
    // Somebody who knocks with other TLS than a server's; being slow is no fault, it may be ours.
    if (error instanceof Error && error.message === 'tls was not established') tools.admission().fault(address);
    parts.log.debug({ err: error, address }, 'a gateway connection did not come through');
  } finally {
    socket.destroy();
  }
}
