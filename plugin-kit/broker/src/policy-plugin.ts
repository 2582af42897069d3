import type { TargetEndpoint } from '@atelier/domain/broker';
import type { Provider } from './provider.ts';

/** WTSSBX_NOTIFICATION_TYPE of tssbx.idl. */
export const policyNotification = { removed: 1, changed: 2, added: 4, resync: 8 } as const;
export type PolicyNotification = (typeof policyNotification)[keyof typeof policyNotification];

/** PLUGIN_CAPABILITY_EXTERNAL_REDIRECTION of tssbx.idl: the plug-in has getUserExternalSession. */
export const externalRedirection = 0x1;

/** WTSSBX_MACHINE_CONNECT_INFO. */
export interface PolicyConnectInfo {
  readonly fqdn: string;
  readonly netbios: string;
  /** At most 12. */
  readonly addresses: readonly TargetEndpoint[];
}

/** WTSSBX_MACHINE_INFO. Numbers are those of the original. */
export interface PolicyMachine {
  readonly connectInfo: PolicyConnectInfo;
  readonly farm: string;
  readonly internalAddress: TargetEndpoint | null;
  readonly maxSessionsLimit: number;
  readonly serverWeight: number;
  /** 1 single, 2 multiple. */
  readonly singleSessionMode: 1 | 2;
  /** 1 off, 2 on. */
  readonly inDrain: 1 | 2;
  /** 1 ready, 2 synchronizing. */
  readonly machineState: 1 | 2;
}

/** WTSSBX_SESSION_INFO. */
export interface PolicySession {
  readonly userName: string;
  readonly domainName: string;
  readonly applicationType: string;
  readonly sessionId: number;
  readonly createTime: Date;
  readonly disconnectTime: Date | null;
  /** 1 active, 2 disconnected. */
  readonly sessionState: 1 | 2;
}

/** A session that somebody else knows of (what WTSSBX_GetUserExternalSession gives). */
export interface ExternalSession {
  readonly sessionId: number;
  readonly connectInfo: PolicyConnectInfo;
}

/** The older shape of a plug-in, IWTSSBPlugin of tssbx.idl. `fromPolicyPlugin` of the broker runs it by its own rules. */
export interface PolicyPlugin {
  /** Gives capability bits. */
  initialize(): number | Promise<number>;
  machineChangeNotification?(type: PolicyNotification, machineId: number, machine: PolicyMachine): void;
  sessionChangeNotification?(type: PolicyNotification, machineId: number, sessions: readonly PolicySession[]): void;
  /** `machineId` comes in as what the broker chose; gives it back, or another machine of the farm. Must answer at once. */
  getMostSuitableServer(
    userName: string,
    domainName: string,
    applicationType: string,
    farmName: string,
    machineId: number,
  ): number | Promise<number>;
  /** Asked before the broker looks for a session, when bit 1 of the capabilities is set. */
  getUserExternalSession?(
    userName: string,
    domainName: string,
    applicationType: string,
    redirectorInternalIp: string,
  ): ExternalSession | null | Promise<ExternalSession | null>;
  terminated?(): void;
}

/** What the module of a plug-in of the older shape exports under this name, in place of `createPlugin`. */
export type CreatePolicyPlugin = (settings: Provider['settings']) => PolicyPlugin | Promise<PolicyPlugin>;
