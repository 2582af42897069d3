import { CimError } from '../cim-error.ts';
import { parseObjectPath } from './object-path.ts';
import type {
  AssociationQuery,
  SelectQuery,
  WqlCondition,
  WqlGroup,
  WqlLiteral,
  WqlOperator,
  WqlPath,
  WqlQuery,
} from './query.ts';
import { type Token, tokenize, wqlLimits } from './tokenize.ts';

const operators: ReadonlySet<string> = new Set(['=', '<>', '!=', '<', '>', '<=', '>=']);
const mirrored: Readonly<Record<WqlOperator, WqlOperator>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '>': '<',
  '<=': '>=',
  '>=': '<=',
};

/** One pass over the tokens of one query. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get #token(): Token {
    return this.#tokens[this.#at]!;
  }

  get #atEnd(): boolean {
    return this.#token.kind === 'end';
  }

  #fail(expected: string): never {
    const { kind, text, position } = this.#token;
    const got = kind === 'end' ? 'the query ends' : `"${text.slice(0, 40)}" stands`;
    throw new CimError('query', `${got} at character ${position + 1} where ${expected} is expected`, position);
  }

  #is(word: string): boolean {
    return this.#token.kind === 'name' && this.#token.text.toUpperCase() === word;
  }

  #takeWord(word: string): boolean {
    if (!this.#is(word)) return false;
    this.#at++;
    return true;
  }

  #needWord(word: string): void {
    if (!this.#takeWord(word)) this.#fail(word);
  }

  #takeSign(sign: string): boolean {
    if (this.#token.kind !== 'sign' || this.#token.text !== sign) return false;
    this.#at++;
    return true;
  }

  #name(what: string): string {
    if (this.#token.kind !== 'name') this.#fail(what);
    return this.#tokens[this.#at++]!.text;
  }

  #path(): WqlPath {
    const path = [this.#name('a property')];
    while (this.#takeSign('.')) path.push(this.#takeSign('*') ? '*' : this.#name('a property'));
    return path;
  }

  query(): WqlQuery {
    const result = this.#takeWord('SELECT')
      ? this.#select()
      : this.#takeWord('ASSOCIATORS')
        ? this.#association('associators')
        : this.#takeWord('REFERENCES')
          ? this.#association('references')
          : this.#fail('SELECT, ASSOCIATORS OF or REFERENCES OF');
    if (this.#token.kind !== 'end') this.#fail('the end of the query');
    return result;
  }

  #select(): SelectQuery {
    let properties: WqlPath[] | null = null;
    if (!this.#takeSign('*')) {
      properties = [this.#path()];
      while (this.#takeSign(',')) properties.push(this.#path());
    }
    this.#needWord('FROM');
    const className = this.#name('a class');
    let within = this.#takeWord('WITHIN') ? this.#seconds() : null;
    const where = this.#takeWord('WHERE') ? this.#or() : null;
    if (within === null && this.#takeWord('WITHIN')) within = this.#seconds();
    const group = this.#takeWord('GROUP') ? this.#group() : null;
    return { kind: 'select', properties, className, where, within, group };
  }

  #seconds(): number {
    const token = this.#token;
    const seconds = Number(token.text);
    if (token.kind !== 'number' || !(seconds > 0 && seconds <= 86_400)) this.#fail('a number of seconds up to 86400');
    this.#at++;
    return seconds;
  }

  #group(): WqlGroup {
    this.#needWord('WITHIN');
    const seconds = this.#seconds();
    const by: WqlPath[] = [];
    if (this.#takeWord('BY'))
      do by.push(this.#path());
      while (this.#takeSign(','));
    let having: WqlGroup['having'] = null;
    if (this.#takeWord('HAVING')) {
      this.#needWord('NUMBEROFEVENTS');
      const operator = this.#operator();
      const count = this.#literal();
      if (typeof count !== 'bigint') this.#fail('a number of events');
      having = { operator, count: Number(count) };
    }
    return { seconds, by, having };
  }

  #association(kind: AssociationQuery['kind']): AssociationQuery {
    this.#needWord('OF');
    const brace = this.#token;
    if (brace.kind !== 'path') this.#fail('an object path in braces');
    this.#at++;
    const object = parseObjectPath(brace.text, brace.position + 1);
    const named: Record<string, string> = {};
    const flags = new Set<string>();
    if (this.#takeWord('WHERE')) {
      if (this.#atEnd) this.#fail('a condition');
      while (!this.#atEnd) {
        const { position } = this.#token;
        const word = this.#name('a condition').toLowerCase();
        if (word === 'and') continue;
        if (['classdefsonly', 'schemaonly', 'keysonly'].includes(word)) flags.add(word);
        else if (
          ['assocclass', 'resultclass', 'role', 'resultrole', 'requiredqualifier', 'requiredassocqualifier'].includes(
            word,
          )
        ) {
          if (!this.#takeSign('=')) this.#fail('"="');
          named[word] = this.#name('a name');
        } else throw new CimError('query', `the condition "${word}" at character ${position + 1} is unknown`, position);
      }
    }
    return {
      kind,
      object,
      associationClass: named.assocclass ?? null,
      resultClass: named.resultclass ?? null,
      role: named.role ?? null,
      resultRole: named.resultrole ?? null,
      classDefinitionsOnly: flags.has('classdefsonly') || flags.has('schemaonly'),
      keysOnly: flags.has('keysonly'),
    };
  }

  #or(): WqlCondition {
    const parts = [this.#and()];
    while (this.#takeWord('OR')) parts.push(this.#and());
    return parts.length === 1 ? parts[0]! : { kind: 'or', parts };
  }

  #and(): WqlCondition {
    const parts = [this.#not()];
    while (this.#takeWord('AND')) parts.push(this.#not());
    return parts.length === 1 ? parts[0]! : { kind: 'and', parts };
  }

  #not(): WqlCondition {
    if (++this.#depth > wqlLimits.depth)
      throw new CimError('query', `conditions lie deeper than ${wqlLimits.depth}`, this.#token.position);
    try {
      if (this.#takeWord('NOT')) return { kind: 'not', part: this.#not() };
      if (this.#takeSign('(')) {
        const inner = this.#or();
        if (!this.#takeSign(')')) this.#fail('")"');
        return inner;
      }
      return this.#comparison();
    } finally {
      this.#depth--;
    }
  }

  #operator(): WqlOperator {
    const { kind, text } = this.#token;
    if (kind !== 'sign' || !operators.has(text)) this.#fail('a comparison');
    this.#at++;
    return text === '!=' ? '<>' : (text as WqlOperator);
  }

  #isLiteral(): boolean {
    const { kind } = this.#token;
    return kind === 'string' || kind === 'number' || this.#is('TRUE') || this.#is('FALSE') || this.#is('NULL');
  }

  #literal(): WqlLiteral {
    if (this.#takeWord('TRUE')) return true;
    if (this.#takeWord('FALSE')) return false;
    if (this.#takeWord('NULL')) return null;
    const { kind, text } = this.#token;
    if (kind !== 'string' && kind !== 'number') this.#fail('a value');
    this.#at++;
    if (kind === 'string') return text;
    const digits = text.startsWith('+') ? text.slice(1) : text;
    if (/^-?\d+$/.test(digits) || /^0x/i.test(digits)) return BigInt(digits);
    return /^-0x/i.test(digits) ? -BigInt(digits.slice(1)) : Number(digits);
  }

  #comparison(): WqlCondition {
    const { position } = this.#token;
    if (this.#isLiteral()) {
      const value = this.#literal();
      const operator = mirrored[this.#operator()];
      return this.#compare(this.#path(), operator, value, position);
    }
    const path = this.#path();
    if (this.#takeWord('ISA')) {
      const { kind, text } = this.#token;
      if (kind !== 'string' && kind !== 'name') this.#fail('a class');
      this.#at++;
      return { kind: 'isa', path, className: text, position };
    }
    if (this.#takeWord('IS')) {
      const negated = this.#takeWord('NOT');
      this.#needWord('NULL');
      const part: WqlCondition = { kind: 'null', path, position };
      return negated ? { kind: 'not', part } : part;
    }
    const negated = this.#takeWord('NOT');
    if (this.#takeWord('LIKE')) {
      const { kind, text } = this.#token;
      if (kind !== 'string') this.#fail('a pattern');
      this.#at++;
      const part: WqlCondition = { kind: 'like', path, pattern: text, position };
      return negated ? { kind: 'not', part } : part;
    }
    if (negated) this.#fail('LIKE');
    const operator = this.#operator();
    if (this.#isLiteral()) return this.#compare(path, operator, this.#literal(), position);
    return { kind: 'compare-paths', path, operator, other: this.#path(), position };
  }

  /** `= NULL` and `<> NULL` are what WMI takes for IS NULL. */
  #compare(path: WqlPath, operator: WqlOperator, value: WqlLiteral, position: number): WqlCondition {
    if (value !== null) return { kind: 'compare', path, operator, value, position };
    const part: WqlCondition = { kind: 'null', path, position };
    if (operator === '=') return part;
    if (operator === '<>') return { kind: 'not', part };
    throw new CimError('query', `NULL at character ${position + 1} can only be compared with = and <>`, position);
  }
}

/** Reads a WQL query: data, event, association. Throws `CimError` of kind `query` with the position of what is wrong. */
export const parseWql = (text: string): WqlQuery => new Parser(tokenize(text)).query();
