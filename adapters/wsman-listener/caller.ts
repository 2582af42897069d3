import type { OperationUser } from '@atelier/plugin-kit';

/** Who sent a request, and over what. */
export interface Caller {
  /** Null for somebody unknown, who may only Identify. */
  readonly user: OperationUser | null;
  /** Which resource URIs this logon is good for; null for all. */
  readonly resources: ((resourceUri: string) => boolean) | null;
  readonly address: string;
  /** Aborted when the connection ends. */
  readonly connection: AbortSignal;
}
