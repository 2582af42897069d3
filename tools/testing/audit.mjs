import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './run-step.mjs';

/**
 * What an answer of `npm audit --json` means, given the findings that somebody looked into and explained.
 * @param {string} text
 * @param {Readonly<Record<string, string>>} explained advisory's address → why it does not matter here
 * @returns {import('./run-step.mjs').Count}
 */
export function judgeAudit(text, explained) {
  let report;
  try {
    report = JSON.parse(text);
  } catch {
    return {
      passed: 0,
      failed: 0,
      skipped: 1,
      words: ['npm audit gave no answer: the registry cannot be reached from here'],
    };
  }
  if (report.error || !report.vulnerabilities) {
    const why = report.error?.summary || report.message || report.error?.code || 'no answer';
    return {
      passed: 0,
      failed: 0,
      skipped: 1,
      words: [`npm audit could not ask the registry, so nothing was checked: ${why}`],
    };
  }
  const advisories = Object.values(report.vulnerabilities).flatMap((/** @type {any} */ one) =>
    one.via
      .filter((/** @type {any} */ via) => typeof via === 'object')
      .map((/** @type {any} */ via) => ({ ...via, package: one.name })),
  );
  const open = advisories.filter((one) => !explained[one.url]);
  const words = advisories.map(
    (one) =>
      `${one.severity}: ${one.package}: ${one.title} (${one.url})${explained[one.url] ? ` explained: ${explained[one.url]}` : ''}`,
  );
  return { passed: open.length === 0 ? 1 : 0, failed: open.length, skipped: 0, words };
}

/**
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 */
export async function audit(root, env) {
  const { advisories } = JSON.parse(readFileSync(join(root, 'tools/audit-explained.json'), 'utf8'));
  const npm = env.npm_execpath?.endsWith('.js') ? [process.execPath, env.npm_execpath] : ['npm'];
  const command = [...npm, 'audit', '--json', '--fetch-retries=1', '--fetch-timeout=20000'];
  const done = await runProgram(command, { cwd: root, env, limitMs: 90_000, capture: true });
  return judgeAudit(done.late ? '' : done.stdout, advisories);
}
