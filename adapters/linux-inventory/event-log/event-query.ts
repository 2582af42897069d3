import { child, childrenOf, elementsOf, fault, parseXml, trimmedText, type XmlElement } from '@atelier/wsman';
import type { LogEntry } from './log-entry.ts';

/** Whether an entry is wanted. */
export type EventTest = (entry: LogEntry) => boolean;

type Token = string;

const refuse = (reason: string) =>
  fault('enumerateCannotProcessFilter', { reason: `the event query is not supported: ${reason}` });

/** Conditions within one another, and words of one query, at most. */
const limits = { depth: 32, tokens: 1000 } as const;

/** Windows' level of syslog's priority: 1 critical, 2 error, 3 warning, 4 information, 5 verbose. */
export function levelOf(priority: number): number {
  if (priority <= 2) return 1;
  if (priority === 3) return 2;
  if (priority === 4) return 3;
  return priority === 7 ? 5 : 4;
}

function tokenize(text: string): readonly Token[] {
  const tokens = text.match(/'[^']*'|"[^"]*"|[\w.:-]+|<=|>=|!=|[=<>()[\]@*/,]|\S/g) ?? [];
  if (tokens.length > limits.tokens) throw refuse('it is too long');
  return tokens;
}

const compare = (a: number, operator: string, b: number): boolean => {
  if (operator === '=') return a === b;
  if (operator === '!=') return a !== b;
  if (operator === '<') return a < b;
  if (operator === '>') return a > b;
  return operator === '<=' ? a <= b : a >= b;
};

const numbers: Readonly<Record<string, (entry: LogEntry) => number>> = {
  level: (entry) => levelOf(entry.priority),
  eventid: (entry) => entry.eventId,
  eventrecordid: (entry) => entry.record,
  task: () => 0,
  opcode: () => 0,
  version: () => 0,
};

/** The part of XPath that event queries use: `*[System[(Level=1 or Level=2) and Provider[@Name='x'] and TimeCreated[timediff(@SystemTime) <= n]]]`. */
class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#tokens = tokenize(text);
  }

  #take(...wanted: readonly string[]): boolean {
    if (!wanted.every((one, index) => this.#tokens[this.#at + index]?.toLowerCase() === one)) return false;
    this.#at += wanted.length;
    return true;
  }

  #need(...wanted: readonly string[]): void {
    if (!this.#take(...wanted))
      throw refuse(`"${wanted.join('')}" is expected at "${this.#tokens.slice(this.#at, this.#at + 3).join('')}"`);
  }

  read(): EventTest {
    if (this.#tokens.length === 1 && this.#take('*')) return () => true;
    if (!this.#take('*') && !this.#take('event')) throw refuse('it begins with "*"');
    if (this.#take('/', 'system')) {
      this.#need('[');
      const test = this.#or();
      this.#need(']');
      return this.#end(test);
    }
    const tests: EventTest[] = [];
    while (this.#take('[')) {
      tests.push(this.#or());
      this.#need(']');
    }
    return this.#end((entry) => tests.every((one) => one(entry)));
  }

  #end(test: EventTest): EventTest {
    if (this.#at < this.#tokens.length) throw refuse(`"${this.#tokens[this.#at]}" stands behind it`);
    return test;
  }

  #or(): EventTest {
    const parts = [this.#and()];
    while (this.#take('or')) parts.push(this.#and());
    return parts.length === 1 ? parts[0]! : (entry) => parts.some((one) => one(entry));
  }

  #and(): EventTest {
    const parts = [this.#one()];
    while (this.#take('and')) parts.push(this.#one());
    return parts.length === 1 ? parts[0]! : (entry) => parts.every((one) => one(entry));
  }

  #one(): EventTest {
    if (++this.#depth > limits.depth) throw refuse('conditions lie too deep');
    try {
      return this.#condition();
    } finally {
      this.#depth--;
    }
  }

  #condition(): EventTest {
    if (this.#take('(')) return this.#closed(')');
    if (this.#take('system', '[')) return this.#closed(']');
    if (this.#take('system', '/')) return this.#condition();
    if (this.#take('not', '(')) {
      const inner = this.#closed(')');
      return (entry) => !inner(entry);
    }
    if (this.#take('provider', '[')) return this.#closed(']');
    if (this.#take('@', 'name')) return this.#text((entry) => entry.source);
    if (this.#take('timecreated', '[')) return this.#closed(']');
    if (this.#take('timediff', '(', '@', 'systemtime', ')')) {
      const [operator, value] = this.#comparison();
      return (entry) => compare(Date.now() - entry.at.getTime(), operator, value);
    }
    if (this.#take('@', 'systemtime')) {
      const operator = this.#operator();
      const at = Date.parse(this.#literal());
      if (Number.isNaN(at)) throw refuse('a time is not valid');
      return (entry) => compare(entry.at.getTime(), operator, at);
    }
    if (this.#take('channel')) return this.#text((entry) => entry.channel);
    if (this.#take('computer')) return this.#text((entry) => entry.computer ?? '');
    const name = this.#tokens[this.#at]?.toLowerCase() ?? '';
    const value = numbers[name];
    if (!value) throw refuse(`"${name}" is unknown`);
    this.#at++;
    const [operator, wanted] = this.#comparison();
    return (entry) => compare(value(entry), operator, wanted);
  }

  #closed(bracket: string): EventTest {
    const inner = this.#or();
    this.#need(bracket);
    return inner;
  }

  #operator(): string {
    const operator = this.#tokens[this.#at++] ?? '';
    if (!/^(=|!=|<|>|<=|>=)$/.test(operator)) throw refuse('a comparison is expected');
    return operator;
  }

  #literal(): string {
    return (this.#tokens[this.#at++] ?? '').replace(/^(['"])(.*)\1$/, '$2');
  }

  #comparison(): readonly [string, number] {
    const operator = this.#operator();
    const value = Number(this.#literal());
    if (!Number.isFinite(value)) throw refuse('a number is expected');
    return [operator, value];
  }

  #text(value: (entry: LogEntry) => string): EventTest {
    const operator = this.#operator();
    if (operator !== '=' && operator !== '!=') throw refuse('text compares with = and != only');
    const wanted = this.#literal().toLowerCase();
    return (entry) => (value(entry).toLowerCase() === wanted) === (operator === '=');
  }
}

const ofChannel = (path: string | null, test: EventTest): EventTest => {
  const channel = path?.toLowerCase();
  if (!channel) return test;
  return (entry) => entry.channel.toLowerCase() === channel && test(entry);
};

const queryTest = (query: XmlElement): EventTest => {
  const path = (one: XmlElement): string | null =>
    (one.attributes.find((each) => each.name === 'Path') ?? query.attributes.find((each) => each.name === 'Path'))
      ?.value ?? null;
  const tests = (name: string): readonly EventTest[] =>
    childrenOf(query, query.ns, name).map((one) => ofChannel(path(one), new Reader(trimmedText(one)).read()));
  const [selected, suppressed] = [tests('Select'), tests('Suppress')];
  return (entry) => selected.some((one) => one(entry)) && !suppressed.some((one) => one(entry));
};

/**
 * Reads an event query: a `QueryList` (as element or as text), or a bare XPath. An entry is wanted when a Select takes it and no Suppress of the same
 * Query does. Throws CannotProcessFilter.
 */
export function readEventQuery(text: string, element: XmlElement | null): EventTest {
  let list = element && (elementsOf(element).find((one) => one.name === 'QueryList') ?? null);
  if (!list && text.trim().startsWith('<'))
    try {
      list = parseXml(text.trim());
    } catch (error) {
      throw fault('enumerateCannotProcessFilter', { reason: 'the event query is no XML' }, { cause: error });
    }
  if (!list) return new Reader(text.trim() === '' ? '*' : text).read();
  const queries = list.name === 'QueryList' ? childrenOf(list, list.ns, 'Query') : [];
  if (queries.length === 0 || !queries.every((one) => child(one, one.ns, 'Select')))
    throw refuse('it holds no Query with a Select');
  const tests = queries.map(queryTest);
  return (entry) => tests.some((one) => one(entry));
}
