import type { Session, SessionState, Target } from '@atelier/domain/broker';
import type { Environment } from './environment.ts';

/** Which targets; what is left out does not narrow. They come by name unless they are sorted by a property. */
export interface TargetQuery {
  readonly collection?: string;
  readonly environment?: string;
  readonly provider?: string;
  /** TS_SB_SORT_BY_PROP. */
  readonly sortByProperty?: string;
}

/** Which sessions; what is left out does not narrow. */
export interface SessionQuery {
  readonly target?: string;
  readonly user?: string;
  readonly domain?: string;
  readonly collection?: string;
  readonly initialProgram?: string;
  readonly state?: SessionState;
}

/** What every plug-in may read, of all providers (ITsSbGlobalStore). Lists are read from the directory page by page. */
export interface GlobalStore {
  /** With `collection`: null also when the target is of another one. */
  queryTarget(name: string, collection?: string): Promise<Target | null>;
  enumerateTargets(query?: TargetQuery): AsyncIterable<Target>;
  queryEnvironment(name: string): Promise<Environment | null>;
  enumerateEnvironments(): AsyncIterable<Environment>;
  querySession(id: string): Promise<Session | null>;
  enumerateSessions(query?: SessionQuery): AsyncIterable<Session>;
  /** Names of the collections (EnumerateFarms). */
  enumerateCollections(): Promise<readonly string[]>;
}
