import { readFileSync } from 'node:fs';

/**
 * Counts vitest's JSON report. A file that cannot even be loaded has no tests: it counts as one failure, and so does a run
 * that ended badly without naming any.
 * @param {string} file
 * @param {number | null} code how vitest ended
 * @returns {import('./run-step.mjs').Count}
 */
export function countVitest(file, code) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0, words: ['vitest ended without its report'] };
  }
  const passed = report.numPassedTests ?? 0;
  const skipped = (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0);
  const unloaded = (report.testResults ?? []).filter(
    (/** @type {any} */ one) =>
      one.status === 'failed' && !one.assertionResults.some((/** @type {any} */ test) => test.status === 'failed'),
  );
  let failed = (report.numFailedTests ?? 0) + unloaded.length;
  if (passed + failed === 0 || (failed === 0 && code !== 0)) failed += 1;
  const failures = (report.testResults ?? []).flatMap((/** @type {any} */ suite) =>
    suite.assertionResults
      .filter((/** @type {any} */ test) => test.status === 'failed')
      .map((/** @type {any} */ test) => `failed: ${test.fullName}`),
  );
  const words = [...unloaded.map((/** @type {any} */ one) => `failed: ${one.name}: ${one.message}`), ...failures];
  return { passed, failed, skipped, words };
}
