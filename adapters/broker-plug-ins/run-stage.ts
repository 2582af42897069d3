import { isSbError, type Next, SbError, type Stage } from '@atelier/plugin-kit/broker';
import { askPlugIn, type Step } from './ask-plug-in.ts';
import type { ChainEntry } from './chain-entry.ts';
import type { Decision } from './decision.ts';

/** One stage of one decision: how each plug-in is asked, and how the broker itself decides. */
export interface StageRun<T> {
  readonly stage: Stage;
  readonly decision: Decision;
  readonly tell: (value: T) => string;
  readonly plugIn: (entry: ChainEntry) => Pick<Step<T>, 'call' | 'check'>;
  /** Rejects with an SbError when there is nothing to be found. */
  readonly builtIn: () => T | undefined | Promise<T | undefined>;
  readonly builtInName: string;
}

const cancelled = (cause?: unknown): SbError => new SbError('cancelled', 'the client has gone', { cause });

async function runBuiltIn<T>(run: StageRun<T>): Promise<T> {
  const { stage, decision, builtInName: by } = run;
  const { trace, connection } = decision;
  const begunAt = trace.elapsed();
  try {
    const value = await run.builtIn();
    if (value === undefined) throw new SbError('no-target', 'nobody decided');
    trace.step({ stage, by, outcome: 'chose', detail: run.tell(value) }, begunAt);
    return value;
  } catch (error) {
    const gone = connection.signal.aborted;
    const outcome = gone ? 'cancelled' : isSbError(error) ? 'refused' : 'failed';
    trace.step(
      { stage, by, outcome, detail: gone ? 'the client has gone' : String((error as Error).message) },
      begunAt,
    );
    throw gone ? cancelled(error) : error;
  }
}

async function runFrom<T>(run: StageRun<T>, asked: readonly ChainEntry[], at: number): Promise<T> {
  const entry = asked[at];
  if (!entry) return runBuiltIn(run);
  let answer: Promise<T> | undefined;
  const below: Next<T> = () => {
    if (answer) return answer;
    answer = runFrom(run, asked, at + 1);
    // Who asked and then decided otherwise, or failed, does not wait for it any more.
    answer.catch(() => undefined);
    return answer;
  };
  const { stage, decision, tell } = run;
  const outcome = await askPlugIn(entry, { stage, decision, tell, below, ...run.plugIn(entry) });
  return outcome.kind === 'decided' ? outcome.value : below();
}

/** Asks the plug-ins in their order and at last the broker. Rejects with an SbError, or with what the broker's own step threw. */
export const runStage = <T>(run: StageRun<T>, asked: readonly ChainEntry[]): Promise<T> =>
  run.decision.connection.signal.aborted ? Promise.reject(cancelled()) : runFrom(run, asked, 0);
