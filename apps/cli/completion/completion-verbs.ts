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
