import type {
  Collection,
  ConnectionRequest,
  DecisionTrace,
  LoadBalanceResult,
  Session,
  TraceStep,
} from '@atelier/domain/broker';
import type { ClientConnection, Json, NotifySink } from '@atelier/plugin-kit/broker';
import type { Claim, ClaimRefusal } from '../session-directory/index.ts';
import { createTraceRecorder } from './trace-recorder.ts';

/** One decision on its way through the stages. */
export interface Decision {
  readonly connection: ClientConnection;
  readonly collection: Collection;
  readonly sink: NotifySink;
  readonly trace: TraceRecorder;
  readonly state: DecisionState;
}

const decisions = new WeakMap<ClientConnection, Decision>();

/** The decision that a connection belongs to, for the broker's own steps. Throws for a connection that `createDecision` did not make. */
export function decisionOf(connection: ClientConnection): Decision {
  const decision = decisions.get(connection);
  if (!decision) throw new Error('the connection was not made by createDecision');
  return decision;
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
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** Collects the trace of one decision. */
export interface TraceRecorder {
  /** Milliseconds since the request began. */
  elapsed(): number;
  /** `tookMs` is the time since it began unless it is said. */
  step(step: Omit<TraceStep, 'atMs' | 'tookMs'>, begunAtMs: number, tookMs?: number): void;
  candidates(count: number): void;
  removed(reason: string, targetName: string): void;
  finish(chosen: string | null): DecisionTrace;
}

/** What is settled as the stages go by. */
export interface DecisionState {
  loadBalanceResult: LoadBalanceResult | null;
  environment: string | null;
  /** What the broker's own load balancing claims or claimed in the directory; null unless it was asked. */
  claiming: Promise<Claim | ClaimRefusal> | null;
  /** Names that are out of the question: filters removed them, or they did not answer. */
  readonly not: Set<string>;
}

const mostContextNames = 50;
const mostContextText = 16 * 1024;

/** Begins a decision; its trace's clock starts now. */
export function createDecision(input: DecisionInput): Decision {
  const { request, collection } = input;
  const state: DecisionState = {
    loadBalanceResult: null,
    environment: null,
    claiming: null,
    not: new Set(input.not),
  };
  const context = new Map<string, string>();
  const connection: ClientConnection = {
    ...request,
    samUserAccount: request.domain === '' ? request.user : `${request.domain}\\${request.user}`,
    collectionKind: collection.kind,
    isFirstAssignment: input.isFirstAssignment,
    get loadBalanceResult() {
      return state.loadBalanceResult;
    },
    get environment() {
      return state.environment;
    },
    disconnectedSession: async () => {
      const session = await input.liveSession();
      return session?.state === 'disconnected' ? session : null;
    },
    putContext: async (name, value) => {
      const text = JSON.stringify(value);
      if (text === undefined || text.length > mostContextText || name.length > 200)
        throw new Error(`the context ${name.slice(0, 200)} is no JSON or longer than ${mostContextText} characters`);
      if (!context.has(name) && context.size >= mostContextNames)
        throw new Error(`a connection keeps at most ${mostContextNames} contexts`);
      context.set(name, text);
    },
    getContext: async (name) => JSON.parse(context.get(name) ?? 'null') as Json,
    signal: input.signal,
  };
  const decision = { connection, collection, sink: input.sink, trace: createTraceRecorder(input.now), state };
  decisions.set(connection, decision);
  return decision;
}
