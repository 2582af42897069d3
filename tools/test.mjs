// `npm test`: every check of the project, from a bare machine (Node, git and npm) to one line that counts what passed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { ensureConsole } from './bootstrap/console-build.mjs';
import { pinnedNode } from './bootstrap/pinned-node.mjs';
import { prepare } from './bootstrap/prepare.mjs';
import { audit } from './testing/audit.mjs';
import { countVitest } from './testing/count-vitest.mjs';
import { one, runProgram, runStep } from './testing/run-step.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** The whole run ends within this time, whatever hangs. */
const limitMs = 40 * 60_000;
const started = performance.now();
const left = () => Math.max(1000, limitMs - (performance.now() - started));
const reports = mkdtempSync(join(tmpdir(), 'atelier-test-'));
process.on('exit', () => rmSync(reports, { recursive: true, force: true }));

/** @type {import('./testing/run-step.mjs').Outcome[]} */
const outcomes = [];
/** @param {string} title @param {() => Promise<import('./testing/run-step.mjs').Count>} work */
const step = async (title, work) => {
  if (process.exitCode === 130) return;
  outcomes.push(await runStep(title, work));
};

await step('what the tests need (npm, Debian)', async () => {
  await prepare(root, { debian: ['run', 'database', 'sample', 'test'], console: false });
  return one(true);
});

if (outcomes[0]?.count.failed === 0) {
  const env = {
    ...process.env,
    CI: '1',
    NODE_OPTIONS: '--disable-warning=ExperimentalWarning',
    PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
  };
  const node = pinnedNode(root);
  /** @param {readonly string[]} args @param {number} minutes @param {boolean} [capture] */
  const run = (args, minutes, capture) =>
    runProgram([node, ...args], { cwd: root, env, limitMs: Math.min(left(), minutes * 60_000), capture });
  /** @param {string} tool @param {readonly string[]} args */
  const check = async (tool, args) => one((await run([join(root, 'node_modules', tool), ...args], 5)).code === 0);
  /**
   * @param {string} name @param {readonly string[]} args @param {number} minutes
   * @param {boolean} [capture] shows its output when it has ended: for what runs beside other steps
   */
  const vitest = async (name, args, minutes, capture) => {
    const file = join(reports, `${name}.json`);
    const report = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const done = await run([join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...args, ...report], minutes, capture);
    if (capture) process.stdout.write(done.stdout);
    const count = countVitest(file, done.code);
    return done.late ? { ...count, words: [...(count.words ?? []), `stopped after ${minutes} minutes`] } : count;
  };

  await step('doors', () => vitest('doors', ['--project', 'unit', 'tools/doors.test.ts'], 2));
  await step('types (tsc)', () => check('typescript/bin/tsc', []));
  await step('format and lint (biome)', () => check('@biomejs/biome/bin/biome', ['check', '.']));
  await step('console build (vite)', async () => {
    await ensureConsole(root);
    return one(true);
  });
  // Guests mostly keep one processor busy and wait for each other: beside them there is room for all the rest.
  const guests = step('virtual machines (beside the next steps)', () =>
    vitest('guests', ['--project', 'guests'], 37, true),
  );
  await step('unit tests', () => vitest('unit', ['--project', 'unit', '--exclude', 'tools/doors.test.ts'], 10));
  await step('tests against programs that others wrote', () => vitest('peers', ['--project', 'peers'], 35));
  await guests;
  await step('npm audit', () => audit(root, env));
}

console.log('');
for (const { title, count, seconds } of outcomes)
  console.log(
    `${count.failed ? '✗' : '✓'} ${title}: ${count.passed} passed, ${count.failed} failed (${seconds.toFixed(1)} s)`,
  );
const sum = (/** @type {'passed' | 'failed' | 'skipped'} */ key) =>
  outcomes.reduce((total, { count }) => total + count[key], 0);
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed${sum('skipped') ? `, ${sum('skipped')} skipped` : ''}`);
if (sum('failed') > 0 && !process.exitCode) process.exitCode = 1;
