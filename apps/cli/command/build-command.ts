import { Argument, Command, Option } from 'commander';
import { outputFormats } from '../output/output.ts';
import type { CommonOptions } from './invocation.ts';
import { duration, wholeNumber } from './parse-value.ts';
import type { Option as OptionOf, Verb } from './verb.ts';

const collect = (parse: (text: string) => unknown) => (text: string, before: readonly unknown[] | undefined) => [
  ...(before ?? []),
  parse(text),
];

/** In place of null ("none", "never"), which commander takes for an option whose value is missing. */
const nothing = Symbol('nothing');
const withoutNothing = (options: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [name, value === nothing ? null : value]));

function commanderOption(one: OptionOf): Option {
  const option = new Option(one.flags, one.summary);
  const parse = one.parse ?? ((text: string) => text);
  if (one.choices) option.choices([...one.choices]);
  if (one.repeat) {
    const choices = one.choices;
    option.argParser(
      collect((text) => {
        if (choices && !choices.includes(text)) throw new Error(`give one of ${choices.join(', ')}`);
        return parse(text);
      }),
    );
  } else if (one.parse) option.argParser((text: string) => parse(text) ?? nothing);
  if (one.default !== undefined) option.default(one.default);
  if (one.required) option.makeOptionMandatory();
  return option;
}

/** The options that a command has besides its own. */
export function commonOptions(verb: Verb): OptionOf[] {
  return [
    { flags: '-o, --output <format>', summary: 'how to print', choices: outputFormats, default: 'table' },
    ...(verb.lists
      ? [{ flags: '--limit <count>', summary: 'at most so many', parse: wholeNumber(1), default: 1000 }]
      : []),
    ...(verb.changes
      ? [{ flags: '--dry-run', summary: 'say what would be asked of the server, and change nothing' }]
      : []),
    ...(verb.loses ? [{ flags: '-y, --yes', summary: 'do not ask' }] : []),
    ...(verb.waits
      ? [
          { flags: '--wait', summary: 'wait until the work is done, with its progress (default)' },
          { flags: '--no-wait', summary: 'give the task and return at once' },
        ]
      : []),
    { flags: '--timeout <time>', summary: 'give up after so long (90s, 10m, 2h)', parse: duration },
    { flags: '--context <name>', summary: 'the server to speak to (see "atelier context ls")', completes: 'context' },
    { flags: '--no-input', summary: 'never ask anything' },
    { flags: '-q, --quiet', summary: 'no progress and no remarks' },
  ];
}

const camelCase = (flags: string) =>
  /--(?:no-)?([a-z-]+)/.exec(flags)![1]!.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

function common(verb: Verb, options: Readonly<Record<string, unknown>>): CommonOptions {
  return {
    output: options.output as CommonOptions['output'],
    quiet: options.quiet === true,
    yes: options.yes === true,
    noInput: options.input === false,
    // Where the server itself can try without changing anything, the verb asks it to.
    dryRun: verb.changes === true && options.dryRun === true,
    wait: options.wait !== false,
    timeoutMs: (options.timeout as number | undefined) ?? Number.POSITIVE_INFINITY,
    limit: (options.limit as number | undefined) ?? 1000,
    context: options.context as string | undefined,
  };
}

/** Examples as help shows them: a line to copy, and what it is for where that is not plain. */
export function writeExamples(examples: NonNullable<Verb['examples']>): string {
  const lines = examples.map(([line, what]) => (what === '' ? `  ${line}` : `  ${line}\n      ${what}`));
  return `Example${lines.length === 1 ? '' : 's'}:\n${lines.join('\n')}`;
}

/** Makes commander's command for a verb; `run` is called with what was typed. */
export function buildCommand(
  verb: Verb,
  run: (
    verb: Verb,
    args: Record<string, string>,
    options: Record<string, unknown>,
    common: CommonOptions,
  ) => Promise<void>,
): Command {
  const command = new Command(verb.name).description(verb.summary).summary(verb.summary);
  if (verb.alias) command.alias(verb.alias);
  for (const one of verb.arguments ?? []) {
    const name = one.optional ? `[${one.name}]` : `<${one.name}>`;
    command.addArgument(new Argument(name, one.summary));
  }
  command.optionsGroup('Options:');
  for (const one of verb.options ?? []) command.addOption(commanderOption(one));
  command.optionsGroup('Options of many commands:');
  for (const one of commonOptions(verb)) command.addOption(commanderOption(one));
  command.optionsGroup('');
  if (verb.examples?.length) command.addHelpText('after', `\n${writeExamples(verb.examples)}`);
  command.action(async (...all: unknown[]) => {
    const options = withoutNothing(all[(verb.arguments ?? []).length] as Record<string, unknown>);
    const args = Object.fromEntries(
      (verb.arguments ?? []).flatMap((one, at) =>
        all[at] === undefined ? [] : [[camelArgument(one.name), String(all[at])]],
      ),
    );
    await run(verb, args, options, common(verb, options));
  });
  command.usage(
    `${[...(verb.arguments ?? [])].map((one) => (one.optional ? `[${one.name}]` : `<${one.name}>`)).join(' ')} [options]`.trim(),
  );
  return command;
}

const camelArgument = (name: string) => camelCase(`--${name.toLowerCase()}`);
