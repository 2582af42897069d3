import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options: { readonly type: 'minor' | 'major' }) => void;
const enough = 3 * 1024 * 1024;
let garbage = 0;
let rounds = 0;

/**
 * Tells that this thread has used `bytes` of buffers that nobody needs any more. V8 looks at small objects only, and would let
 * 64 MB and more of buffers lie about in each thread; here it looks for them every 3 MiB, which takes less than a millisecond
 * on a thread with little else, and now and then for those that lived longer.
 */
export function buffersUsed(bytes: number): void {
  garbage += bytes;
  if (garbage < enough) return;
  garbage = 0;
  rounds++;
  collect({ type: rounds % 16 === 0 ? 'major' : 'minor' });
}

/** Gives back what was needed to prepare something and is not any more. Takes some 10 ms: for the moment before long work. */
export function collectAll(): void {
  garbage = 0;
  collect({ type: 'major' });
}
