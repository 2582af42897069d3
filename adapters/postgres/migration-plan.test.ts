import { expect, test } from 'vitest';
import { readMigrationFiles } from './migration-file.ts';
import { planMigrations } from './migration-plan.ts';

const file = (number: number, checksum = `c${number}`) => ({ number, name: `step-${number}`, sql: '', checksum });

test('only what is missing is applied', () => {
  const files = [file(1), file(2), file(3)];
  expect(planMigrations(files, []).map((one) => one.number)).toEqual([1, 2, 3]);
  expect(planMigrations(files, files.slice(0, 2)).map((one) => one.number)).toEqual([3]);
  expect(planMigrations(files, files)).toEqual([]);
});

test('a newer database is refused', () => {
  expect(() => planMigrations([file(1)], [file(1), file(2)])).toThrow(
    expect.objectContaining({ code: 'server.unsupported-database' }),
  );
});

test('an edited or missing step is refused', () => {
  const files = [file(1), file(2)];
  const changed = expect.objectContaining({ code: 'database.migration-changed' });
  expect(() => planMigrations(files, [file(1, 'edited')])).toThrow(changed);
  expect(() => planMigrations(files, [file(2)])).toThrow(changed);
});

test('the shipped migrations follow the written style', async () => {
  const files = await readMigrationFiles();
  expect(files.length).toBeGreaterThan(0);
  for (const { name, sql } of files) {
    const code = sql.replace(/--.*$/gm, '');
    for (const [, table] of code.matchAll(/create table (\w+)/g)) {
      expect(code, `${name}: table ${table} has no comment`).toMatch(new RegExp(`comment on table ${table} is '`));
    }
    for (const [line] of code.matchAll(/^ +(?:primary key|unique|foreign key|check|references) .*$/gm)) {
      expect(line, `${name}: unnamed constraint`).toMatch(/references/);
    }
    const keywords = code.replace(/'(?:[^']|'')*'/g, '').replace(/"[^"]*"/g, '');
    expect(keywords, `${name}: key words are lower case`).not.toMatch(/\b(SELECT|CREATE|TABLE|CHECK|INSERT|UPDATE)\b/);
  }
});
