import type { Properties, Session, SessionState, Target, TargetState } from '@atelier/domain/broker';
import type { Environment } from './environment.ts';
import type { GlobalStore } from './global-store.ts';

/** What a plug-in tells of a target that it adds; what is left out gets the usual value. */
export type NewTarget = Pick<Target, 'name' | 'collection'> &
  Partial<
    Pick<
      Target,
      | 'kind'
      | 'environment'
      | 'fqdn'
      | 'netbios'
      | 'endpoints'
      | 'state'
      | 'drain'
      | 'weight'
      | 'maxSessions'
      | 'singleSession'
      | 'owner'
      | 'properties'
    >
  >;

/** A session that a plug-in has learnt of. */
export type NewSession = Pick<Session, 'target' | 'user' | 'domain' | 'state'> &
  Partial<Pick<Session, 'hostSessionId' | 'initialProgram' | 'clientDisplay'>>;

/** A lease on a target that holds across brokers (what AcquireTargetLock gives). It ends by `release`, or soon after its holder died. */
export interface TargetLock {
  readonly targetName: string;
  /** Grows with each holder: hand it to whatever must refuse a holder that was late. */
  readonly fence: number;
  /** Aborted when the lease was lost. */
  readonly signal: AbortSignal;
  release(): Promise<void>;
}

/** The original's limits: writes that are tried when they conflict, and milliseconds that a lock is waited for. */
export const syncConflictMaxWriteAttempts = 100;
export const acquireTargetLockTimeout = 300_000;

/**
 * What a plug-in keeps in the directory (ITsSbResourcePluginStore). Everything may be read; only the provider that added a target or environment changes
 * it: other writes reject with code `not-owner`. A save of a value that has meanwhile changed rejects with code `sync-conflict`: read it again and retry.
 */
export interface ResourceStore extends GlobalStore {
  addTarget(target: NewTarget): Promise<Target>;
  /**
   * Writes what a plug-in may change, when `version` is still the stored one. `force` writes over it. Gives the target as it is stored. Its state is not
   * written: brokers learn states all the time without another version, and one that was read a while ago must not come back. See `setTargetState`.
   */
  saveTarget(target: Target, options?: { readonly force?: boolean }): Promise<Target>;
  /** Its live sessions become orphaned. */
  deleteTarget(name: string): Promise<void>;
  /** Sets one property; null removes it. With `version`: only if that is the stored one (SetTargetPropertyWithVersionCheck). */
  setTargetProperty(
    targetName: string,
    property: string,
    value: Properties[string] | null,
    version?: number,
  ): Promise<Target>;
  /** Gives the state that it had before. */
  setTargetState(targetName: string, state: TargetState): Promise<TargetState>;
  /** Compare-and-swap: sets `next` if the state is `test`. Gives the state that was there before: it was set if that is `test`. */
  testAndSetServerState(targetName: string, next: TargetState, test: TargetState): Promise<TargetState>;
  setServerDrainMode(targetName: string, drain: boolean): Promise<void>;
  /**
   * Waits until no other plug-in or broker holds the target, whoever keeps it, at most `timeoutMs` (300,000); then rejects with code `lock-timeout`. It
   * keeps plug-ins off, not people.
   */
  acquireTargetLock(targetName: string, timeoutMs?: number): Promise<TargetLock>;

  addEnvironment(environment: Environment): Promise<void>;
  saveEnvironment(environment: Environment): Promise<void>;
  removeEnvironment(name: string): Promise<void>;

  /** Takes in a session that a host has. Gives the session as it is stored. */
  addSession(session: NewSession): Promise<Session>;
  /** `logged-off` frees the user's place. */
  setSessionState(sessionId: string, state: SessionState): Promise<void>;
}
