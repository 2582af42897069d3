import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { policySections } from '../pages/workspaces/policy/policy-fields.ts';
import { en } from './en/index.ts';
import { fr } from './fr/index.ts';
import { preferredLanguage } from './i18n.ts';

type Tree = { readonly [key: string]: string | Tree };
const leaves = (tree: Tree, path = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[path + key, value] as [string, string]] : leaves(value, `${path}${key}.`),
  );
const english = new Map(leaves(en));
const french = new Map(leaves(fr as unknown as Tree));
const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

it('says everything in French, with the same values filled in', () => {
  for (const [key, text] of english) {
    expect(french.has(key), key).toBe(true);
    expect(holes(french.get(key)!), key).toEqual(holes(text));
  }
});

it('has words for each field and each choice of the policy, in both languages', () => {
  for (const field of policySections.flatMap((section) => section.fields)) {
    const key = `policyField.${field.path.replace('.', '_')}`;
    const wanted = ['label', 'help', ...(field.kind === 'choice' ? field.options : [])];
    for (const word of wanted)
      for (const texts of [english, french]) expect(texts.get(`${key}.${word}`), `${key}.${word}`).toBeTruthy();
  }
});

it('holds no text that nothing shows', () => {
  const root = join(import.meta.dirname, '..');
  const sources = (readdirSync(root, { recursive: true }) as string[])
    .filter((name) => /\.tsx?$/.test(name) && !/i18n[\\/](en|fr)[\\/]/.test(name))
    .map((name) => readFileSync(join(root, name), 'utf8'))
    .join('\n');
  const unused = [...english.keys()].filter((key) => {
    const plain = key.replace(/_(zero|one|other)$/, '');
    if (sources.includes(plain)) return false;
    // Built keys: `t(\`role.${role}\`)`, `my.ask_${action}` and the policy's words.
    const parents = plain.split('.').map((_, at, all) => all.slice(0, at).join('.'));
    const stems = [
      ...parents.slice(1).map((one) => `${one}.$`),
      ...plain.split('_').map((_, at, all) => `${all.slice(0, at).join('_')}_$`),
    ];
    return !stems.some((stem) => stem.length > 2 && sources.includes(stem));
  });
  expect(unused).toEqual([]);
});

it('prefers what was chosen, then the browser’s languages, then English', () => {
  expect(preferredLanguage('fr', ['en'])).toBe('fr');
  expect(preferredLanguage('xx', ['de-DE', 'fr-CA', 'en'])).toBe('fr');
  expect(preferredLanguage(null, ['de'])).toBe('en');
});
