import { buildProgram } from '@atelier/cli';
import { type Command, CommanderError } from 'commander';
import type { Page } from './documents.ts';

/** Words of a shell line, cut into simple commands at pipes, `&&` and `;`. Comments and redirections are left out. */
function simpleCommands(line: string): string[][] {
  const commands: string[][] = [[]];
  const tokens = line.match(/(?:"[^"]*"|'[^']*'|\$\([^)]*\)|[^\s"'|;&<>])+|&&|\|\|?|;|&|[<>]+/g) ?? [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (token.startsWith('#')) break;
    if (/^[<>]+$/.test(token)) at++;
    else if (/^[|;&]+$/.test(token)) commands.push([]);
    else commands.at(-1)!.push(token.replace(/^(["'])(.*)\1$/, '$2'));
  }
  return commands;
}

/** What is typed after the command's own name, or undefined when the line runs something else. */
function typedAfterAtelier(words: readonly string[]): readonly string[] | undefined {
  // Only what lends it a user or an environment may stand before it.
  const at = words.findIndex(
    (word, place) =>
      /^([^=]*\/)?atelier(\.mjs)?$/.test(word) &&
      /^(sudo( -u \S+)?( |$))?(\w+=\S*( |$))*$/.test(words.slice(0, place).join(' ')),
  );
  return at < 0 ? undefined : words.slice(at + 1);
}

/** What may be said of a command that running text only names, as in "use `atelier start`". */
const unfinished = ['commander.help', 'commander.missingArgument', 'commander.missingMandatoryOptionValue'];

function silence(command: Command): void {
  command.configureOutput({ writeOut: () => {}, writeErr: () => {} });
  command.commands.forEach(silence);
}

/** Lets the real command line read the words, without doing anything. Gives its complaint, or undefined. */
function complaint(words: readonly string[], whole: boolean): string | undefined {
  const program = buildProgram('0.0.0', async () => {});
  silence(program);
  try {
    program.parse([...words], { from: 'user' });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return [...(whole ? [] : unfinished), 'commander.helpDisplayed', 'commander.version'].includes(error.code)
      ? undefined
      : error.message;
  }
}

interface ShellLine {
  readonly text: string;
  /** In a block: meant to be typed as it is. */
  readonly whole: boolean;
}

/** Lines of fenced blocks, with continued lines joined, and code within running text. */
function shellLines(text: string): ShellLine[] {
  const blocks = [...text.matchAll(/^ *```(?:sh|bash|console)?\n([\s\S]*?)^ *```/gm)].map((match) => match[1]!);
  const inline = [...text.replace(/^ *```[\s\S]*?^ *```/gm, '').matchAll(/`([^`\n]+)`/g)].map((match) => match[1]!);
  const typed = blocks.flatMap((block) => block.replace(/\\\n\s*/g, ' ').split('\n'));
  return [
    ...typed.map((line) => ({ text: line.trim().replace(/^\$ /, ''), whole: true })),
    ...inline.map((line) => ({ text: line, whole: false })),
  ];
}

/** Commands on a page that the command line would refuse, as complaints. Lines with an ellipsis or a drawing are not commands. */
export function badCommands(page: Page): string[] {
  return shellLines(page.text)
    .filter(({ text }) => !/…|\.\.\.|[─│┤]/.test(text))
    .flatMap((line) => {
      const nested = [...line.text.matchAll(/\$\(([^)]*)\)/g)].map((match) => ({ ...line, text: match[1]! }));
      return [line, ...nested];
    })
    .flatMap(({ text, whole }) => simpleCommands(text).map((words) => ({ typed: typedAfterAtelier(words), whole })))
    .flatMap(({ typed, whole }) => {
      const wrong = typed && complaint(typed, whole);
      return wrong ? [`${page.path}: atelier ${typed.join(' ')}: ${wrong}`] : [];
    });
}
