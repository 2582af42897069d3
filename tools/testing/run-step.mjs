import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';

/**
 * @typedef {{ passed: number, failed: number, skipped: number, words?: string[] }} Count
 * @typedef {{ title: string, count: Count, seconds: number }} Outcome
 */

/**
 * Runs one program to its end with our output, in a process group of its own, and ends the whole group when time is up.
 * @param {readonly string[]} command
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, limitMs: number, capture?: boolean }} options
 * @returns {Promise<{ code: number | null, late: boolean, stdout: string }>}
 */
export function runProgram(command, options) {
  const [program, ...args] = command;
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', options.capture ? 'pipe' : 'inherit', 'inherit'],
  });
  let stdout = '';
  let late = false;
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  const endGroup = (/** @type {NodeJS.Signals} */ signal) => {
    try {
      if (child.pid) process.kill(-child.pid, signal);
    } catch {
      // The group has ended by itself.
    }
  };
  const timer = setTimeout(() => {
    late = true;
    endGroup('SIGTERM');
    setTimeout(() => endGroup('SIGKILL'), 10_000).unref();
  }, options.limitMs);
  const interrupted = () => {
    endGroup('SIGINT');
    process.exitCode = 130;
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      process.off('SIGINT', interrupted);
      process.off('SIGTERM', interrupted);
      resolve({ code, late, stdout });
    });
  });
}

/**
 * @param {string} title
 * @param {() => Promise<Count>} work a rejection counts as one failure
 * @returns {Promise<Outcome>}
 */
export async function runStep(title, work) {
  const since = performance.now();
  console.log(`\n── ${title}`);
  /** @type {Count} */
  let count;
  try {
    count = await work();
  } catch (error) {
    count = { passed: 0, failed: 1, skipped: 0, words: [String(error instanceof Error ? error.message : error)] };
  }
  for (const line of count.words ?? []) console.log(`   ${line}`);
  const seconds = (performance.now() - since) / 1000;
  console.log(`── ${title}: ${count.failed ? 'FAILED' : 'ok'} (${seconds.toFixed(1)} s)`);
  return { title, count, seconds };
}

/** @param {boolean} ok */
export const one = (ok) => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 });
