export type { Accounts } from './accounts.ts';
export type { Audit, AuditRecord } from './audit.ts';
export type { Authorization } from './authorization.ts';
export type { CertificateMapping, ListenerEntry, ServiceSettings } from './config/listener-entry.ts';
export { SettingsStore } from './config/settings-store.ts';
export { defaultConfig, type WinrmConfig } from './config/winrm-config.ts';
export type { TlsIdentity } from './http/http-edge.ts';
export { selfSignedIdentity } from './self-signed.ts';
export { type Listener, type ListenerOptions, startListener } from './start-listener.ts';
