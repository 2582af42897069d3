/**
 * Words of a command line as Windows programs divide it: blanks divide, double quotes keep together, `\"` is a quote,
 * backslashes mean themselves elsewhere. What a command is that the client wants run without a shell.
 */
export function splitArguments(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const one = line[at]!;
    if (one === '\\') {
      let end = at;
      while (line[end] === '\\') end++;
      const count = end - at;
      const beforeQuote = line[end] === '"';
      word = (word ?? '') + '\\'.repeat(beforeQuote ? count >> 1 : count);
      if (beforeQuote && count % 2 === 1) word += '"';
      at = beforeQuote && count % 2 === 1 ? end : end - 1;
    } else if (one === '"') {
      quoted = !quoted;
      word ??= '';
    } else if (!quoted && /\s/.test(one)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + one;
  }
  if (word !== null) words.push(word);
  return words;
}

/**
 * What a shell is to run: command and arguments with a blank between them. Quotes around a whole line that has blanks and no other quotes are taken
 * off, as `cmd /c` does: Ruby's client sends `"echo hello"`. `isProgram` says whether a path names a program: then the quotes stay.
 */
export function shellLine(command: string, rest: readonly string[], isProgram: (path: string) => boolean): string {
  const line = [command, ...rest].join(' ').trim();
  const inner = /^"([^"]*\s[^"]*)"$/.exec(line)?.[1];
  return inner !== undefined && !isProgram(inner) ? inner : line;
}
