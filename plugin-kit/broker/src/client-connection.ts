import type { CollectionKind, ConnectionRequest, LoadBalanceResult, Session } from '@atelier/domain/broker';

/** What goes through JSON unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** One attempt of a user to reach a collection, as the stages see it (ITsSbClientConnection). */
export interface ClientConnection extends ConnectionRequest {
  /** `domain\user`; the name alone when there is no domain (SamUserAccount). */
  readonly samUserAccount: string;
  /** What kind the collection is (RdFarmType). */
  readonly collectionKind: CollectionKind;
  /** Nobody has a personal target for this user yet (IsFirstAssignment). */
  readonly isFirstAssignment: boolean;
  /** Set once load balancing is over. */
  readonly loadBalanceResult: LoadBalanceResult | null;
  /** Name of the environment that placement gave; null before. */
  readonly environment: string | null;
  /** The user's session in the collection that nobody is connected to, if there is one (GetDisconnectedSession). */
  disconnectedSession(): Promise<Session | null>;
  /** Keeps a value for the later stages of this connection, at most 16 KiB as JSON, at most 50 names (PutContext). */
  putContext(name: string, value: Json): Promise<void>;
  /** What an earlier stage kept; null if nothing (GetContext). */
  getContext(name: string): Promise<Json>;
  /** Aborted when the client goes away or the time of the step is over. Pass it on to everything that waits. */
  readonly signal: AbortSignal;
}
