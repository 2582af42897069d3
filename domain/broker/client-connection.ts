import type { Properties, TargetEndpoint } from './target.ts';

/** What the client told and how it reached us. Nothing of it is proven but the address. */
export interface RdpClient {
  readonly name: string;
  readonly address: string;
  readonly build: number;
  /** What it carried in place of a cookie (`loadbalanceinfo:s:tsv://…`); '' if nothing. */
  readonly tsvUrl: string;
  readonly display: { readonly width: number; readonly height: number; readonly depth: number } | null;
}

/** One attempt of a user, who has signed in, to reach a collection (ITsSbClientConnection), as rules see it. */
export interface ConnectionRequest {
  readonly id: string;
  readonly userId: string;
  /** Name without domain. */
  readonly user: string;
  readonly domain: string;
  /** Ids of all groups that the user is in, nested ones too. */
  readonly groupIds: readonly string[];
  readonly collection: string;
  readonly initialProgram: string;
  readonly client: RdpClient;
  readonly properties: Properties;
}

/** A machine that is no target of ours, where somebody else knows a session of the user (WTSSBX_GetUserExternalSession). */
export interface ExternalMachine {
  readonly fqdn: string;
  readonly endpoints: readonly TargetEndpoint[];
  readonly hostSessionId: string;
}

/** ITsSbLoadBalanceResult. */
export interface LoadBalanceResult {
  readonly targetName: string;
  /** False: a session that is there already is used again. */
  readonly isNewConnection: boolean;
  /** Only from plug-ins that the administrator allowed to: the client is sent there by a direct redirect; nothing is claimed. */
  readonly external?: ExternalMachine;
}

/** CONNECTION_CHANGE of sessdirpublictypes.idl, for notifications. */
export const connectionChangeNumbers = {
  pending: 1,
  failed: 2,
  'timed-out': 3,
  succeeded: 4,
  cancelled: 5,
  'lb-completed': 6,
  'query-placement-completed': 7,
  'orchestration-completed': 8,
} as const;
export type ConnectionChange = keyof typeof connectionChangeNumbers;
