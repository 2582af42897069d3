import { describe, expect, it } from 'vitest';
import { commonOptions } from '../command/build-command.ts';
import { loneVerbs, nouns } from '../nouns/index.ts';
import { type CompletionWorld, candidates, filesWanted } from './candidates.ts';

const world: CompletionWorld = {
  nouns,
  loneVerbs,
  optionsOf: (verb) => [...(verb.options ?? []), ...commonOptions(verb)],
  names: async (kind) => [`${kind}-one`, `${kind}-two`],
};
const complete = (line: string) => candidates(line.split(' '), world);

describe('completion', () => {
  it('offers nouns and lone verbs, then verbs', async () => {
    expect(await complete('im')).toEqual(['image']);
    expect(await complete('sta')).toEqual(['status', 'start']);
    expect(await complete('image pu')).toEqual(['pull', 'push']);
    expect(await complete('')).not.toContain('__complete');
  });

  it('offers live names where a name belongs', async () => {
    expect(await complete('image pack ')).toEqual(['image-one', 'image-two']);
    expect(await complete('image pack image-one ')).toEqual([]);
    expect(await complete('start local-workspace-t')).toEqual(['local-workspace-two']);
    expect(await complete('assignment create --group ')).toEqual(['group-one', 'group-two']);
    expect(await complete('assignment create --group group-one ')).toEqual(['workspace-one', 'workspace-two']);
  });

  it('offers options and their values', async () => {
    expect(await complete('image ls --outp')).toEqual(['--output']);
    expect(await complete('image ls -o ')).toEqual(['table', 'json', 'yaml', 'name']);
    expect(await complete('workspace update lab --type r')).toEqual(['revertible']);
    expect(await complete('image import lab ')).toEqual([filesWanted]);
  });

  it('offers nothing after nonsense', async () => {
    expect(await complete('nonsense ')).toEqual([]);
    expect(await complete('image nonsense ')).toEqual([]);
  });
});
