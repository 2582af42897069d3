import { setTimeout as sleep } from 'node:timers/promises';
import { type EventView, fillPath } from '@atelier/api';
import { severitySchema } from '@atelier/domain/events';
import { given, type Invocation } from '../command/invocation.ts';
import { moment } from '../command/parse-value.ts';
import type { Noun, Option, Verb } from '../command/verb.ts';
import { allPages } from '../connection/all-pages.ts';
import { followEvents } from '../connection/server-sent-events.ts';
import { formatCell, formatTime } from '../output/format-value.ts';
import { type Column, list } from '../output/output.ts';

const columns: readonly Column<EventView>[] = [
  { title: 'time', value: (one) => formatTime(one.clientTime) },
  { title: 'severity', value: (one) => one.severity },
  { title: 'id', value: (one) => one.code },
  { title: 'source', value: (one) => one.source },
  { title: 'event', value: (one) => one.title },
  { title: 'user', value: (one) => one.userName, wide: true },
  { title: 'workspace', value: (one) => one.workspace, wide: true },
  { title: 'detail', value: (one) => one.detail, wide: true },
];
const filters: readonly Option[] = [
  { flags: '--severity <severity>', summary: 'only these', choices: severitySchema.options },
  { flags: '--category <name>', summary: 'only of this kind' },
  { flags: '--source <name>', summary: 'only of this computer or server', completes: 'endpoint' },
  { flags: '--user <name>', summary: 'only of this person', completes: 'user' },
  { flags: '-w, --workspace <name>', summary: 'only of this workspace', completes: 'workspace' },
  { flags: '--correlation-id <id>', summary: 'everything that belongs to one act' },
];
const filterOf = (call: Invocation) =>
  given(call, 'severity', 'category', 'source', 'user', 'workspace', 'correlationId', 'since', 'until') as {
    since?: string;
  };

const ls: Verb = {
  name: 'ls',
  alias: 'list',
  summary: 'list events, newest first',
  options: [
    ...filters,
    { flags: '--since <time>', summary: 'not older: a date, or 2h, 7d', parse: moment },
    { flags: '--until <time>', summary: 'not newer', parse: moment },
    { flags: '--limit <count>', summary: 'at most so many', default: 100, parse: Number },
  ],
  examples: [['atelier event ls --severity error --since 24h', 'what went wrong today']],
  run: async (call) => {
    const read = (query: { limit: number; cursor?: string }) =>
      call.api.events.list({ query: { ...query, ...filterOf(call) } });
    return list(await allPages(read, call.common.limit), columns, (one) => one.seq, 'nothing happened');
  },
};

function line(call: Invocation, one: EventView): string {
  if (call.common.output === 'json') return `${JSON.stringify(one)}\n`;
  if (call.common.output === 'name') return `${one.seq}\n`;
  const parts = [formatTime(one.clientTime), one.severity.padEnd(7), one.code, one.source, one.title, one.detail];
  return `${parts.map(formatCell).join('  ')}\n`;
}

/** Newer events than `after`, oldest first. */
async function newer(call: Invocation, after: bigint): Promise<EventView[]> {
  const found: EventView[] = [];
  let cursor: string | undefined;
  do {
    const page = await call.api.events.list(
      { query: { ...filterOf(call), limit: 200, cursor } },
      { signal: call.signal },
    );
    found.push(...page.items.filter((one) => BigInt(one.seq) > after));
    cursor = page.items.some((one) => BigInt(one.seq) <= after) ? undefined : (page.next ?? undefined);
  } while (cursor && found.length < 10_000);
  return found.reverse();
}

const tail: Verb = {
  name: 'tail',
  summary: 'print events as they come in, until Ctrl-C',
  options: [
    ...filters,
    { flags: '--last <count>', summary: 'begin with so many older ones', default: 10, parse: Number },
  ],
  examples: [
    ['atelier event tail --severity error', 'waits for errors'],
    ['atelier event tail -o json | jq .title', 'one JSON object a line'],
  ],
  run: async (call) => {
    const { items } = await call.api.events.list({
      query: { ...filterOf(call), limit: Math.max(1, call.options.last as number) },
    });
    let last = BigInt(items[0]?.seq ?? 0);
    const older = (call.options.last as number) > 0 ? items.toReversed() : [];
    for (const one of older) call.terminal.out.write(line(call, one));
    const print = async () => {
      for (const one of await newer(call, last)) {
        last = BigInt(one.seq);
        call.terminal.out.write(line(call, one));
      }
    };
    while (!call.signal.aborted) {
      try {
        for await (const change of followEvents(call.connection().open, fillPath('/changes'), call.signal))
          if (change.event === 'hello' || (change.event === 'change' && JSON.parse(change.data).kind === 'event'))
            await print();
      } catch (error) {
        if (call.signal.aborted) break;
        call.terminal.err.write(`the stream broke (${(error as Error).message}); trying again\n`);
      }
      await sleep(1000, undefined, { signal: call.signal }).catch(() => {});
    }
    call.signal.throwIfAborted();
    return undefined;
  },
};

const kinds: Verb = {
  name: 'kinds',
  summary: 'every kind of event with its cause and fix',
  run: async (call) => {
    const { items } = await call.api.events.catalogue();
    type Kind = (typeof items)[number];
    const kindColumns: readonly Column<Kind>[] = [
      { title: 'id', value: (one) => one.code },
      { title: 'severity', value: (one) => one.severity },
      { title: 'event', value: (one) => one.title },
      { title: 'cause', value: (one) => one.cause, wide: true },
      { title: 'fix', value: (one) => one.fix, wide: true },
    ];
    return list(items, kindColumns, (one) => String(one.code), '');
  },
};

export const eventNoun: Noun = {
  name: 'event',
  summary: 'what happened on computers and servers',
  group: 'Observation:',
  verbs: [ls, tail, kinds],
};
