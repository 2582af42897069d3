export { TlsTunnel } from './tls-tunnel.ts';
export { type TunnelSealing, tunnelSealing } from './tunnel-sealing.ts';
