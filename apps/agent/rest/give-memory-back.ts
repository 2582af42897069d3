/** Collects garbage; `flavor: 'last-resort'` also lets go of compiled code that has not been used for long. */
type Collect = (options: {
  readonly type: 'major';
  readonly execution: 'sync';
  readonly flavor: 'last-resort';
}) => void;

/** What is looked at: processor time of this process in milliseconds, and how garbage is collected (absent without `--expose-gc`). */
export interface MemoryKeeper {
  readonly cpuMs: () => number;
  readonly collect: Collect | undefined;
  readonly everyMs?: number;
}

/** Less work than this since the last look is rest; more since the last collection has left something to collect. In milliseconds. */
const restMs = 50;
const workMs = 200;

const thisProcess: MemoryKeeper = {
  cpuMs: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
  collect: (globalThis as { gc?: Collect }).gc,
};

/**
 * Gives memory back to the system when the process has worked and rests now: V8 collects while work goes on, and keeps what it has when nothing happens
 * any more, which for an agent is nearly always. Gives the function that ends it.
 */
export function giveMemoryBack({ cpuMs, collect, everyMs = 5000 }: MemoryKeeper = thisProcess): () => void {
  if (!collect) return () => {};
  let seen = cpuMs();
  // What the start has left is to be collected as well.
  let collected = Number.NEGATIVE_INFINITY;
  const timer = setInterval(() => {
    const now = cpuMs();
    if (now - seen < restMs && now - collected > workMs) {
      collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
      collected = cpuMs();
    }
    seen = cpuMs();
  }, everyMs).unref();
  return () => clearInterval(timer);
}
