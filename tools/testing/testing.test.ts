import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
// @ts-expect-error plain JavaScript: it runs before TypeScript can
import { judgeAudit } from './audit.mjs';
// @ts-expect-error plain JavaScript: it runs before TypeScript can
import { countVitest } from './count-vitest.mjs';

const folder = mkdtempSync(join(tmpdir(), 'atelier-count-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const report = (value: unknown) => {
  const file = join(folder, 'report.json');
  writeFileSync(file, JSON.stringify(value));
  return file;
};
const test = (status: string) => ({ status, fullName: `a ${status} test` });

describe('the count of npm test', () => {
  it('takes passed, failed and skipped tests from the report', () => {
    const file = report({
      numPassedTests: 3,
      numFailedTests: 1,
      numPendingTests: 1,
      numTodoTests: 1,
      testResults: [{ name: 'a.test.ts', status: 'failed', assertionResults: [test('passed'), test('failed')] }],
    });
    expect(countVitest(file, 1)).toMatchObject({ passed: 3, failed: 1, skipped: 2, words: ['failed: a failed test'] });
  });

  it('counts a file that cannot be loaded, a bad end and an empty run as failures', () => {
    const unloaded = { name: 'b.test.ts', status: 'failed', message: 'no such module', assertionResults: [] };
    expect(countVitest(report({ numPassedTests: 5, testResults: [unloaded] }), 1)).toMatchObject({ failed: 1 });
    expect(countVitest(report({ numPassedTests: 5, testResults: [] }), 1)).toMatchObject({ passed: 5, failed: 1 });
    expect(countVitest(report({ numPassedTests: 0, testResults: [] }), 0)).toMatchObject({ failed: 1 });
    expect(countVitest(join(folder, 'absent.json'), 0)).toMatchObject({ failed: 1 });
  });
});

describe('npm audit', () => {
  const finding = {
    vulnerabilities: { a: { name: 'a', via: [{ url: 'https://x/1', severity: 'high', title: 't' }] } },
  };
  it('fails for a finding that nobody explained, and passes for none or explained ones', () => {
    expect(judgeAudit(JSON.stringify(finding), {})).toMatchObject({ failed: 1 });
    expect(judgeAudit(JSON.stringify(finding), { 'https://x/1': 'not reached' })).toMatchObject({
      passed: 1,
      failed: 0,
    });
    expect(judgeAudit(JSON.stringify({ vulnerabilities: {} }), {})).toMatchObject({ passed: 1, failed: 0 });
  });

  it('says that nothing was checked when the registry does not answer', () => {
    const silent = { passed: 0, failed: 0, skipped: 1 };
    expect(judgeAudit('', {})).toMatchObject(silent);
    expect(judgeAudit(JSON.stringify({ error: { summary: 'ENOTFOUND' } }), {})).toMatchObject(silent);
  });
});
