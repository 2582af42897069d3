import type {
  Collection,
  ConnectionRequest,
  DecisionTrace,
  LoadBalanceResult,
  Session,
  TraceStep,
} from '@atelier/domain/broker';
import type { ClientConnection, NotifySink } from '@atelier/plugin-kit/broker';

/** One decision on its way through the stages. */
export interface Decision {
  readonly connection: ClientConnection;
  readonly collection: Collection;
  readonly sink: NotifySink;
  readonly trace: TraceRecorder;
}

/** What a decision is made from. */
export interface DecisionInput {
  readonly request: ConnectionRequest;
  readonly collection: Collection;
  readonly isFirstAssignment: boolean;
  readonly sink: NotifySink;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
  /** The user's live session in the collection, if there is one. */
  readonly liveSession: () => Promise<Session | null>;
  /** Names of targets that were tried and did not answer. */
  readonly not?: readonly string[];
}

/** Collects the trace of one decision. */
export interface TraceRecorder {
  /** Milliseconds since the request began. */
  elapsed(): number;
  step(step: Omit<TraceStep, 'atMs' | 'tookMs'>, begunAtMs: number): void;
  candidates(count: number): void;
  removed(reason: string, targetName: string): void;
  finish(chosen: string | null): DecisionTrace;
}

/** What is settled as the stages go by; the chain writes it. */
export interface DecisionState {
  loadBalanceResult: LoadBalanceResult | null;
  environment: string | null;
}
