import type { WinrmConfig } from './winrm-config.ts';

/** Where the service listens (`winrm/config/listener`). */
export interface ListenerEntry {
  /** `*`, or an address of this machine. */
  readonly address: string;
  readonly transport: 'HTTP' | 'HTTPS';
  /** 0 takes any free one. */
  readonly port: number;
  readonly hostname: string;
  readonly enabled: boolean;
  /** Path without slash. */
  readonly urlPrefix: string;
  readonly certificateThumbprint: string;
}

/** Which certificate stands for which user (`winrm/config/service/certmapping`). */
export interface CertificateMapping {
  /** SHA-1 thumbprint of the issuing authority, upper-case hex. */
  readonly issuer: string;
  /** Name in the certificate: its UPN, mail or DNS name, or common name; `*` stands for anything. */
  readonly subject: string;
  /** Resource URIs that it may be used for, with `*` at the end. */
  readonly uri: string;
  readonly enabled: boolean;
  readonly userName: string;
}

/** Everything that `winrm/config` holds. */
export interface ServiceSettings {
  readonly config: WinrmConfig;
  readonly listeners: readonly ListenerEntry[];
  readonly certificateMappings: readonly CertificateMapping[];
}
