import { CimError } from '../cim-error.ts';

export interface Token {
  readonly kind: 'name' | 'string' | 'number' | 'sign' | 'path' | 'end';
  readonly text: string;
  readonly position: number;
}

/** Characters of a query, and tokens in it, at most. */
export const wqlLimits = { characters: 32_768, tokens: 4096, depth: 64 } as const;

const name = /[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*/y;
const number = /[+-]?(?:0[xX][0-9a-fA-F]{1,16}|\d+\.\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|\d+(?:[eE][+-]?\d+)?)/y;
const sign = /<>|!=|<=|>=|[=<>(),.*]/y;

/** Text in quotes with backslash escapes. `from` is at the opening quote; gives the text and where it ends. */
export function readQuoted(query: string, from: number): { readonly text: string; readonly end: number } {
  const quote = query[from]!;
  let text = '';
  for (let at = from + 1; at < query.length; at++) {
    const one = query[at]!;
    if (one === quote) return { text, end: at + 1 };
    if (one === '\\' && at + 1 < query.length) text += query[++at]!;
    else text += one;
  }
  throw new CimError('query', `the text that begins at character ${from + 1} has no closing quote`, from);
}

/** The text between braces, which may hold quoted braces. */
function readBraces(query: string, from: number): { readonly text: string; readonly end: number } {
  for (let at = from + 1; at < query.length; at++) {
    const one = query[at]!;
    if (one === '}') return { text: query.slice(from + 1, at), end: at + 1 };
    if (one === '"' || one === "'") at = readQuoted(query, at).end - 1;
  }
  throw new CimError('query', `the brace at character ${from + 1} is not closed`, from);
}

/** Cuts a query into tokens. Throws `CimError` of kind `query` with the position. */
export function tokenize(query: string): readonly Token[] {
  if (query.length > wqlLimits.characters)
    throw new CimError('query', `a query has more than ${wqlLimits.characters} characters`, wqlLimits.characters);
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(query)?.[0] ?? null;
  };
  for (;;) {
    while (at < query.length && /\s/.test(query[at]!)) at++;
    if (tokens.length >= wqlLimits.tokens)
      throw new CimError('query', `a query has more than ${wqlLimits.tokens} words`, at);
    const position = at;
    if (at >= query.length) {
      tokens.push({ kind: 'end', text: '', position });
      return tokens;
    }
    const first = query[at]!;
    const push = (kind: Token['kind'], text: string, end: number): void => {
      tokens.push({ kind, text, position });
      at = end;
    };
    if (first === '"' || first === "'") {
      const quoted = readQuoted(query, at);
      push('string', quoted.text, quoted.end);
      continue;
    }
    if (first === '{') {
      const braces = readBraces(query, at);
      push('path', braces.text, braces.end);
      continue;
    }
    const word = match(name);
    if (word !== null) {
      push('name', word, at + word.length);
      continue;
    }
    // A point after a name joins a path; elsewhere it may begin a number.
    const previous = tokens[tokens.length - 1];
    const figure = first === '.' && previous?.kind === 'name' ? null : match(number);
    if (figure !== null) {
      push('number', figure, at + figure.length);
      continue;
    }
    const mark = match(sign);
    if (mark === null) throw new CimError('query', `unexpected "${first}" at character ${at + 1}`, at);
    push('sign', mark, at + mark.length);
  }
}
