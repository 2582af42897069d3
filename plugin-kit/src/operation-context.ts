import type { Option } from '@atelier/wsman';

/** Who asks, as the listener authenticated them. */
export interface OperationUser {
  /** Name as the system knows it, e.g. `ada` or `ada@EXAMPLE.ORG`. */
  readonly name: string;
  /** Account of the system that work runs as; `null` when the user has none. */
  readonly account: {
    readonly uid: number;
    readonly gid: number;
    readonly home: string;
    readonly shell: string;
    /** Numbers of all groups besides `gid`. */
    readonly groups?: readonly number[];
  } | null;
  readonly administrator: boolean;
}

/** Everything that is known of one operation besides what it names. */
export interface OperationContext {
  readonly user: OperationUser;
  /** Address of the client, for records. */
  readonly clientAddress: string;
  /** Aborted at OperationTimeout, when the client goes, and when the listener stops. */
  readonly signal: AbortSignal;
  /** The moment the operation times out, in milliseconds since 1970. */
  readonly deadline: number;
  /** Language tags that the client likes, the best first; may be empty. */
  readonly locales: readonly string[];
  readonly options: readonly Option[];
  /** Correlates records of one activity. */
  readonly activityId: string;
}
