import { userInfo } from 'node:os';
import type { OperationUser, ResourceProvider, ShellProvider } from '@atelier/plugin-kit';
import type { Accounts } from '../accounts.ts';
import type { AuditRecord } from '../audit.ts';
import type { Authorization } from '../authorization.ts';
import { SettingsStore } from '../config/settings-store.ts';
import { defaultConfig, type ServiceConfig, type WinrmConfig, type WinrsConfig } from '../config/winrm-config.ts';
import type { CompatibilityPorts } from '../http/compatibility-listeners.ts';
import type { TlsIdentity } from '../http/http-edge.ts';
import { selfSignedIdentity } from '../self-signed.ts';
import { type Listener, startListener } from '../start-listener.ts';
import { sampleProvider } from './sample-provider.ts';

/** What a test may wish of its service. */
export interface TestAgentOptions {
  readonly providers?: readonly ResourceProvider[];
  readonly shells?: readonly ShellProvider[];
  /** Name → password. Default `admin` with `Secret-1`. */
  readonly people?: Readonly<Record<string, string>>;
  /** Who of them is an administrator. Default: everybody. */
  readonly administrators?: readonly string[];
  readonly accounts?: Partial<Accounts>;
  /** Default: HTTP and HTTPS, each on a free port. */
  readonly transports?: readonly ('HTTP' | 'HTTPS')[];
  readonly config?: Partial<Omit<WinrmConfig, 'Service' | 'Winrs'>>;
  readonly service?: Partial<ServiceConfig>;
  readonly winrs?: Partial<WinrsConfig>;
  readonly authorize?: Authorization;
  readonly compatibilityPorts?: CompatibilityPorts;
}

/** A service for tests: Basic is allowed, also without TLS, and HTTP and HTTPS listen on 127.0.0.1. */
export interface TestAgent {
  /** `http://127.0.0.1:…/wsman`, empty without that transport. */
  readonly http: string;
  readonly https: string;
  readonly tls: TlsIdentity;
  readonly settings: SettingsStore;
  readonly records: AuditRecord[];
  readonly listener: Listener;
  stop(): Promise<void>;
}

let identity: Promise<TlsIdentity> | null = null;

/** The user `name` as this process's own account. */
export function testUser(name: string, administrator = true): OperationUser {
  const { uid, gid, homedir } = userInfo();
  return { name, account: { uid, gid, home: homedir, shell: '/bin/sh' }, administrator };
}

/** Starts a service for a test: `const agent = await startTestAgent({ providers: [mine] })`, then `agent.http`, and `agent.stop()` at the end. */
export async function startTestAgent(options: TestAgentOptions = {}): Promise<TestAgent> {
  identity ??= selfSignedIdentity(['localhost', '127.0.0.1']);
  const tls = await identity;
  const people = options.people ?? { admin: 'Secret-1' };
  const user = (name: string) => testUser(name, options.administrators?.includes(name) ?? true);
  const accounts: Accounts = {
    checkPassword: async (name, password) =>
      Object.hasOwn(people, name) && people[name] === password ? user(name) : null,
    find: async (name) => (Object.hasOwn(people, name) ? user(name) : null),
    ...options.accounts,
  };
  const { Service, Winrs } = defaultConfig;
  const config: WinrmConfig = {
    ...defaultConfig,
    ...options.config,
    Service: { ...Service, AllowUnencrypted: true, Auth: { ...Service.Auth, Basic: true }, ...options.service },
    Winrs: { ...Winrs, ...options.winrs },
  };
  const listeners = (options.transports ?? ['HTTP', 'HTTPS']).map((transport) => ({
    address: '127.0.0.1',
    transport,
    port: 0,
    hostname: 'localhost',
    enabled: true,
    urlPrefix: 'wsman',
    certificateThumbprint: '',
  }));
  const settings = new SettingsStore({ config, listeners, certificateMappings: [] });
  const records: AuditRecord[] = [];
  const listener = await startListener({
    settings,
    accounts,
    providers: options.providers ?? [sampleProvider()],
    shells: options.shells ?? [],
    tls,
    ...(options.authorize ? { authorize: options.authorize } : {}),
    ...(options.compatibilityPorts ? { compatibilityPorts: options.compatibilityPorts } : {}),
    audit: (record) => records.push(record),
    productVersion: '0.0.0-test',
  });
  const url = (transport: string) => {
    const open = listener.ports.find((one) => one.entry.transport === transport);
    return open ? `${transport.toLowerCase()}://127.0.0.1:${open.port}/wsman` : '';
  };
  return { http: url('HTTP'), https: url('HTTPS'), tls, settings, records, listener, stop: () => listener.stop() };
}
