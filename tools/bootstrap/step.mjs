import { performance } from 'node:perf_hooks';

/** Everything that prepares speaks on stderr: stdout belongs to the command that is being prepared. */
export const say = (/** @type {string} */ text) => process.stderr.write(`${text}\n`);

/** @param {number} since a `performance.now()` */
export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/**
 * Runs one step that takes a while, with a line before and a line with the time after.
 * @template T
 * @param {string} title
 * @param {() => T | Promise<T>} work
 */
export async function step(title, work) {
  const since = performance.now();
  say(`… ${title}`);
  const result = await work();
  say(`✓ ${title} (${seconds(since)})`);
  return result;
}

/** Ends the program with a reason that the person can act on; no stack trace. */
export class CannotPrepare extends Error {}
