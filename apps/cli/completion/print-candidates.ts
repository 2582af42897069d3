/** Prints the candidates for the words, one a line; nothing when something is in the way. */
export async function printCandidates(words: readonly string[]): Promise<void> {
  const [{ candidates }, { commonOptions }, { loneVerbs, nouns }, { liveNames }] = await Promise.all([
    import('./candidates.ts'),
    import('../command/build-command.ts'),
    import('../nouns/index.ts'),
    import('./live-names.ts'),
  ]);
  const at = words.indexOf('--context');
  const found = await candidates(words, {
    nouns,
    loneVerbs,
    optionsOf: (verb) => [...(verb.options ?? []), ...commonOptions(verb)],
    names: (kind) => liveNames({ context: at < 0 ? undefined : words[at + 1] })(kind).catch(() => []),
  });
  process.stdout.write(found.map((one) => `${one}\n`).join(''));
}
