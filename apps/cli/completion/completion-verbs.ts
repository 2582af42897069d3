import type { LoneVerb } from '../command/verb.ts';
import { usageFailure } from '../failure/cli-failure.ts';
import { type Shell, shellScripts } from './shell-scripts.ts';

const shells = Object.keys(shellScripts) as Shell[];
const group = 'On this machine:';

export const completionVerb: LoneVerb = {
  group,
  name: 'completion',
  summary: 'print the completion script for a shell; it knows live names too',
  arguments: [{ name: 'shell', summary: shells.join(', '), completes: shells }],
  examples: [
    ['source <(atelier completion bash)', 'for this shell; put the line into ~/.bashrc to keep it'],
    ['atelier completion zsh > ~/.zfunc/_atelier', 'a folder of $fpath'],
    ['atelier completion fish > ~/.config/fish/completions/atelier.fish', 'at once in every fish'],
  ],
  run: async (call) => {
    const shell = shells.find((one) => one === call.args.shell);
    if (!shell)
      throw usageFailure(`there is no completion for "${call.args.shell}"`, `take one of ${shells.join(', ')}`);
    return { kind: 'text', text: shellScripts[shell] };
  },
};

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
