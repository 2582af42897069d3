/** The configuration tree of WinRM (`winrm/config`), in its names, order and units; numbers ending in `ms` are milliseconds. */
export interface WinrmConfig {
  readonly MaxEnvelopeSizekb: number;
  readonly MaxTimeoutms: number;
  readonly MaxBatchItems: number;
  readonly MaxProviderRequests: number;
  readonly Client: ClientConfig;
  readonly Service: ServiceConfig;
  readonly Winrs: WinrsConfig;
}

export interface ClientConfig {
  readonly NetworkDelayms: number;
  readonly URLPrefix: string;
  readonly AllowUnencrypted: boolean;
  readonly Auth: {
    readonly Basic: boolean;
    readonly Digest: boolean;
    readonly Kerberos: boolean;
    readonly Negotiate: boolean;
    readonly Certificate: boolean;
    readonly CredSSP: boolean;
  };
  readonly DefaultPorts: DefaultPorts;
  readonly TrustedHosts: string;
}

export interface DefaultPorts {
  readonly HTTP: number;
  readonly HTTPS: number;
}

export interface ServiceConfig {
  readonly RootSDDL: string;
  readonly MaxConcurrentOperations: number;
  readonly MaxConcurrentOperationsPerUser: number;
  readonly EnumerationTimeoutms: number;
  readonly MaxConnections: number;
  readonly MaxPacketRetrievalTimeSeconds: number;
  readonly AllowUnencrypted: boolean;
  readonly Auth: ServiceAuth;
  readonly DefaultPorts: DefaultPorts;
  readonly IPv4Filter: string;
  readonly IPv6Filter: string;
  readonly EnableCompatibilityHttpListener: boolean;
  readonly EnableCompatibilityHttpsListener: boolean;
  readonly CertificateThumbprint: string;
  readonly AllowRemoteAccess: boolean;
}

export interface ServiceAuth {
  readonly Basic: boolean;
  readonly Kerberos: boolean;
  readonly Negotiate: boolean;
  readonly Certificate: boolean;
  readonly CredSSP: boolean;
  /** None, Relaxed or Strict. */
  readonly CbtHardeningLevel: string;
}

export interface WinrsConfig {
  readonly AllowRemoteShellAccess: boolean;
  /** Milliseconds. */
  readonly IdleTimeout: number;
  readonly MaxConcurrentUsers: number;
  /** Milliseconds. */
  readonly MaxShellRunTime: number;
  readonly MaxProcessesPerShell: number;
  readonly MaxMemoryPerShellMB: number;
  readonly MaxShellsPerUser: number;
}

/** What stands for "no bound" in the shell's quotas. */
export const unlimited = 2147483647;
const defaultPorts: DefaultPorts = { HTTP: 5985, HTTPS: 5986 };

/** As Windows Server is delivered, but for the ways to log on that clients of this machine have. */
export const defaultConfig: WinrmConfig = {
  MaxEnvelopeSizekb: 500,
  MaxTimeoutms: 60_000,
  MaxBatchItems: 32_000,
  MaxProviderRequests: 4294967295,
  Client: {
    NetworkDelayms: 5000,
    URLPrefix: 'wsman',
    AllowUnencrypted: false,
    Auth: { Basic: true, Digest: false, Kerberos: true, Negotiate: true, Certificate: true, CredSSP: true },
    DefaultPorts: defaultPorts,
    TrustedHosts: '',
  },
  Service: {
    RootSDDL: 'O:NSG:BAD:P(A;;GA;;;BA)(A;;GR;;;IU)S:P(AU;FA;GA;;;WD)(AU;SA;GXGW;;;WD)',
    MaxConcurrentOperations: 4294967295,
    MaxConcurrentOperationsPerUser: 1500,
    EnumerationTimeoutms: 240_000,
    MaxConnections: 300,
    MaxPacketRetrievalTimeSeconds: 120,
    AllowUnencrypted: false,
    Auth: {
      Basic: false,
      Kerberos: true,
      Negotiate: true,
      Certificate: false,
      CredSSP: false,
      CbtHardeningLevel: 'Relaxed',
    },
    DefaultPorts: defaultPorts,
    IPv4Filter: '*',
    IPv6Filter: '*',
    EnableCompatibilityHttpListener: false,
    EnableCompatibilityHttpsListener: false,
    CertificateThumbprint: '',
    AllowRemoteAccess: true,
  },
  Winrs: {
    AllowRemoteShellAccess: true,
    IdleTimeout: 7_200_000,
    MaxConcurrentUsers: unlimited,
    MaxShellRunTime: unlimited,
    MaxProcessesPerShell: unlimited,
    MaxMemoryPerShellMB: unlimited,
    MaxShellsPerUser: unlimited,
  },
};
