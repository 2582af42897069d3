/** A column of a table, or a line of one thing shown. */
// biome-ignore lint/suspicious/noExplicitAny: a column reads fields of whatever items it is listed with
export interface Column<Item = any> {
  readonly title: string;
  readonly value: (item: Item) => unknown;
  /** Shown only where there is room: on a terminal that is wide enough. */
  readonly wide?: boolean;
}

/** What a command gives: data for stdout. In json and yaml the items appear as the API gave them. */
export type Output =
  | {
      readonly kind: 'list';
      readonly items: readonly object[];
      readonly columns: readonly Column[];
      readonly name: (item: never) => string;
      /** What to say when there is nothing, with the next step. */
      readonly empty: string;
    }
  | {
      readonly kind: 'item';
      readonly item: object;
      readonly columns: readonly Column[];
      readonly name: string;
    }
  /** Something was done: a sentence for the person (stderr), the thing itself for programs. */
  | { readonly kind: 'done'; readonly text: string; readonly item?: object; readonly name?: string }
  /** Text for stdout as it is, in every format. */
  | { readonly kind: 'text'; readonly text: string };

/** Everything was printed already; a program elsewhere ended with this code, and so does the command. */
export interface Ended {
  readonly kind: 'exit';
  readonly code: number;
}

export const outputFormats = ['table', 'json', 'yaml', 'name'] as const;
export type OutputFormat = (typeof outputFormats)[number];

/** A list whose items came from the API. */
export const list = <Item extends object>(
  items: readonly Item[],
  columns: readonly Column<Item>[],
  name: (item: Item) => string,
  empty: string,
): Output => ({ kind: 'list', items, columns, name: name as (item: never) => string, empty });

export const item = <Item extends object>(value: Item, columns: readonly Column<Item>[], name: string): Output => ({
  kind: 'item',
  item: value,
  columns,
  name,
});

export const done = (text: string, value?: object, name?: string): Output => ({
  kind: 'done',
  text,
  item: value,
  name,
});
