import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { referencePages } from './reference.ts';

it('finds the reference pages as the code says (else: npm run docs)', async () => {
  for (const [name, text] of Object.entries(referencePages()))
    expect(await readFile(join(import.meta.dirname, '../docs/reference', name), 'utf8'), name).toBe(text);
});
