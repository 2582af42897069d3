import { type ClientConnection, isSbError, type Next, SbError, type Stage } from '@atelier/plugin-kit/broker';
import type { ChainEntry } from './chain-entry.ts';
import { BadResultError } from './check-result.ts';
import type { Decision } from './decision.ts';
import { PlugInUnavailableError } from './isolation/unavailable.ts';
import { StepBudget } from './step-budget.ts';

/** What became of one step. */
export type Asked<T> =
  | { readonly kind: 'decided'; readonly value: T }
  /** It is not its matter. */
  | { readonly kind: 'passed' }
  /** The chain goes on without it. */
  | { readonly kind: 'failed' };

/** One step of one stage. */
export interface Step<T> {
  readonly stage: Stage;
  readonly decision: Decision;
  readonly call: (connection: ClientConnection, next: Next<T>) => unknown;
  /** Gives the value if it can be used, or throws. */
  readonly check: (value: unknown) => T | Promise<T>;
  /** What the trace says of the value. */
  readonly tell: (value: T) => string;
  /** Asks the plug-ins below; the same promise however often. */
  readonly below: Next<T>;
}

const gone = Symbol('gone');

/** Resolves with `gone` when the signal aborts, unless the work is done before. */
function unlessAborted(work: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const abort = (): void => resolve(gone);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

const cancelled = (): SbError => new SbError('cancelled', 'the client has gone');
const messageOf = (error: unknown): string => ((error as Error | null)?.message ?? String(error)).slice(0, 400);

type Outcome<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'nothing' | 'gone' }
  | { readonly kind: 'threw'; readonly error: unknown };

/** Calls the plug-in and looks at what it says. Throws only what is not the plug-in's fault, such as a directory that does not answer. */
async function outcomeOf<T>(step: Step<T>, budget: StepBudget, next: Next<T>): Promise<Outcome<T>> {
  let said: unknown;
  try {
    // A plug-in in process may throw before it gives a promise.
    const work = (async () => step.call({ ...step.decision.connection, signal: budget.signal }, next))();
    said = await unlessAborted(work, budget.signal);
  } catch (error) {
    return { kind: budget.signal.aborted ? 'gone' : 'threw', error };
  }
  if (said === gone) return { kind: 'gone' };
  if (said === undefined || said === null) return { kind: 'nothing' };
  try {
    return { kind: 'value', value: await step.check(said) };
  } catch (error) {
    if (error instanceof BadResultError) return { kind: 'threw', error };
    throw error;
  }
}

/**
 * Asks one plug-in in its own time, books it with the breaker and in the trace. Throws SbError when the connection shall fail: the plug-in said so, the
 * client is gone, or it failed and must not.
 */
export async function askPlugIn<T>(entry: ChainEntry, step: Step<T>): Promise<Asked<T>> {
  const { decision, stage } = step;
  const { trace, connection } = decision;
  const { name } = entry.plugIn.plugin;
  const begunAt = trace.elapsed();
  const tell = (outcome: string, detail: string, tookMs: number): void =>
    trace.step({ stage, by: name, outcome, detail }, begunAt, tookMs);
  if (connection.signal.aborted) throw cancelled();
  if (!entry.breaker.admits()) {
    tell('suspended', 'it failed too often', 0);
    return { kind: 'passed' };
  }
  const budgetMs = entry.budget(stage);
  const budget = new StepBudget(budgetMs, connection.signal);
  let open = true;
  let failedBelow = false;
  const next: Next<T> = async () => {
    if (!open) throw new Error('the step is over');
    budget.pause();
    try {
      return await step.below();
    } catch (error) {
      failedBelow = true;
      throw error;
    } finally {
      if (open) budget.resume();
    }
  };
  const failed = (outcome: 'failed' | 'timed-out', detail: string): Asked<T> => {
    entry.failed(outcome, detail);
    tell(outcome, detail, budget.ownMs);
    if (entry.plugIn.onFailure === 'continue') return { kind: 'failed' };
    throw new SbError('cannot-connect', `the plug-in ${name}, which must not fail, failed: ${detail}`);
  };
  entry.calls += 1;
  try {
    const outcome = await outcomeOf(step, budget, next);
    if (connection.signal.aborted) {
      entry.breaker.leftOpen();
      tell('cancelled', 'the client has gone', budget.ownMs);
      throw cancelled();
    }
    switch (outcome.kind) {
      case 'gone':
        return failed('timed-out', `it took more than its ${budgetMs} ms`);
      case 'nothing':
        entry.breaker.succeeded();
        tell('passed', '', budget.ownMs);
        return { kind: 'passed' };
      case 'value':
        entry.breaker.succeeded();
        tell('chose', step.tell(outcome.value), budget.ownMs);
        return { kind: 'decided', value: outcome.value };
      case 'threw':
        break;
    }
    const { error } = outcome;
    if (failedBelow) {
      // It let through what others threw: they told of it, and asking them again gives the same.
      entry.breaker.succeeded();
      tell('passed', 'those below failed', budget.ownMs);
      return { kind: 'passed' };
    }
    if (error instanceof PlugInUnavailableError && entry.plugIn.onFailure === 'continue') {
      entry.breaker.leftOpen();
      tell('unavailable', messageOf(error), budget.ownMs);
      return { kind: 'passed' };
    }
    if (!isSbError(error)) return failed('failed', messageOf(error));
    entry.breaker.succeeded();
    const fatal = error.fatal !== false;
    tell(fatal ? 'refused' : 'passed', `${error.code}: ${messageOf(error)}`, budget.ownMs);
    if (!fatal) return { kind: 'passed' };
    throw error instanceof SbError ? error : new SbError(error.code, messageOf(error), { cause: error });
  } finally {
    open = false;
    budget.end();
  }
}
