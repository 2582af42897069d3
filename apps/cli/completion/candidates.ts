import type { Argument, Completes, Noun, Option, Verb } from '../command/verb.ts';

/** What completion is asked: the nouns and lone verbs there are, and the live names of a kind. */
export interface CompletionWorld {
  readonly nouns: readonly Noun[];
  readonly loneVerbs: readonly Verb[];
  readonly optionsOf: (verb: Verb) => readonly Option[];
  readonly names: (kind: Exclude<Completes, 'file' | readonly string[]>) => Promise<readonly string[]>;
}

/** Tells the shell to complete file names itself. */
export const filesWanted = ':files';

const longFlag = (flags: string) => /--[a-z-]+/.exec(flags)![0];
const takesValue = (flags: string) => flags.includes('<');
const hasFlag = (option: Option, word: string) => option.flags.split(/[ ,]+/).includes(word);

async function valuesOf(
  place: Pick<Argument, 'completes'> & Pick<Option, 'choices'>,
  world: CompletionWorld,
): Promise<readonly string[]> {
  if (place.choices) return place.choices;
  if (place.completes === undefined) return [];
  if (place.completes === 'file') return [filesWanted];
  if (typeof place.completes !== 'string') return place.completes;
  return world.names(place.completes);
}

function findVerb(
  words: readonly string[],
  world: CompletionWorld,
): { verb: Verb; rest: readonly string[] } | undefined {
  const lone = world.loneVerbs.find((one) => one.name === words[0]);
  if (lone) return { verb: lone, rest: words.slice(1) };
  const noun = words.length > 1 ? world.nouns.find((one) => one.name === words[0]) : undefined;
  const verb = noun?.verbs.find((one) => one.name === words[1] || one.alias === words[1]);
  return verb && { verb, rest: words.slice(2) };
}

async function forVerb(verb: Verb, rest: readonly string[], world: CompletionWorld): Promise<readonly string[]> {
  const options = world.optionsOf(verb);
  const typed = rest.slice(0, -1);
  const current = rest.at(-1) ?? '';
  const before = typed.at(-1);
  const awaited = before && options.find((one) => hasFlag(one, before) && takesValue(one.flags));
  if (awaited) return valuesOf(awaited, world);
  if (current.startsWith('-')) return options.map((one) => longFlag(one.flags));
  const positional = typed.filter((word, at) => {
    if (word.startsWith('-')) return false;
    const owner = options.find((one) => hasFlag(one, typed[at - 1] ?? ''));
    return !(owner && takesValue(owner.flags));
  });
  const place = verb.arguments?.[positional.length];
  return place ? valuesOf(place, world) : [];
}

/** What may stand at the place of the last word (which may be empty), given the words before it. */
export async function candidates(words: readonly string[], world: CompletionWorld): Promise<string[]> {
  const current = words.at(-1) ?? '';
  const found = findVerb(words.slice(0, -1), world);
  const noun = world.nouns.find((one) => one.name === words[0]);
  const all = found
    ? await forVerb(found.verb, [...found.rest, current], world)
    : words.length <= 1
      ? [...world.loneVerbs.map((one) => one.name), ...world.nouns.map((one) => one.name)]
      : noun && words.length === 2
        ? noun.verbs.map((one) => one.name)
        : [];
  return [...new Set(all)].filter((one) => one === filesWanted || one.startsWith(current));
}
