import { expect, test } from 'vitest';
import { debianSampleKey, sampleRecipe } from './sample-recipe.ts';

test('the key changes with what is installed, and only with that', async () => {
  expect(await debianSampleKey()).toBe(await debianSampleKey([]));
  expect(await debianSampleKey(['jwm'])).not.toBe(await debianSampleKey());
  expect(await debianSampleKey()).toMatch(/^[0-9a-f]{16}$/);
});

test.each(['', '-o', 'a b', 'a;b', '../x', 'UPPER'])('%j is no name of a package', (name) => {
  expect(() => sampleRecipe([name])).toThrow('is no name of a Debian package');
});
