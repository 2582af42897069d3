/**
 * Runs work of the same key a few at a time, in order of asking. Decisions of one collection wait for each other in the
 * database anyway: waiting here costs no connection there, which tokens and reports need meanwhile.
 */
export function inTurn(atOnce: number): <Result>(key: string, work: () => Promise<Result>) => Promise<Result> {
  const keys = new Map<string, { running: number; readonly waiting: (() => void)[] }>();
  return async (key, work) => {
    const turn = keys.get(key) ?? { running: 0, waiting: [] };
    keys.set(key, turn);
    if (turn.running < atOnce) turn.running += 1;
    else await new Promise<void>((resolve) => turn.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = turn.waiting.shift();
      if (next) next();
      else {
        turn.running -= 1;
        if (turn.running === 0) keys.delete(key);
      }
    }
  };
}
