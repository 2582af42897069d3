import type { OperationContext, ProviderEvent, ResourceProvider, SubscribeRequest } from '@atelier/plugin-kit';
import { attribute, elementsOf, escapeXml, fault, ns, type RawXml, type XmlElement } from '@atelier/wsman';
import type { LinuxHost } from '../linux-host.ts';
import { type EventTest, levelOf, readEventQuery } from './event-query.ts';
import { followLogs } from './follow-logs.ts';
import { readJournal } from './journal.ts';
import { readBookmark, writeBookmark } from './log-bookmark.ts';
import type { FurtherLog, LogEntry } from './log-entry.ts';

/** Resource of Windows' event log. */
export const eventLogUri = 'http://schemas.microsoft.com/wbem/wsman/1/windows/EventLog';
export const eventQueryDialect = 'http://schemas.microsoft.com/win/2004/08/events/eventquery';

const levels = ['', 'Critical', 'Error', 'Warning', 'Information', 'Verbose'];

/** Characters of a message that is sent, at most. */
const messageLimit = 31_000;

/** An entry as Windows' event XML, with its text rendered. */
export function writeEvent(host: LinuxHost, entry: LogEntry): RawXml {
  const level = levelOf(entry.priority);
  const message = escapeXml(entry.message.slice(0, messageLimit));
  const user = entry.uid === null ? '' : ` UserID="S-1-22-1-${entry.uid}"`;
  const keywords =
    entry.channel === 'Security' ? (level <= 3 ? '0x8010000000000000' : '0x8020000000000000') : '0x80000000000000';
  return {
    raw:
      `<Event xmlns="${ns.event}"><System><Provider Name="${escapeXml(entry.source)}"/><EventID>${entry.eventId}</EventID><Version>0</Version>` +
      `<Level>${level}</Level><Task>0</Task><Opcode>0</Opcode><Keywords>${keywords}</Keywords>` +
      `<TimeCreated SystemTime="${entry.at.toISOString()}"/><EventRecordID>${entry.record}</EventRecordID><Correlation/>` +
      `<Execution ProcessID="${entry.pid ?? 0}" ThreadID="0"/><Channel>${entry.channel}</Channel>` +
      `<Computer>${escapeXml(entry.computer ?? host.name)}</Computer><Security${user}/></System>` +
      `<EventData><Data>${message}</Data></EventData><RenderingInfo Culture="en-US"><Message>${message}</Message>` +
      `<Level>${levels[level]}</Level><Task/><Opcode>Info</Opcode><Channel>${entry.channel}</Channel><Provider>${escapeXml(entry.source)}</Provider><Keywords/></RenderingInfo></Event>`,
  };
}

function testOf(request: { readonly filter: SubscribeRequest['filter'] }): EventTest {
  const { filter } = request;
  if (!filter) return () => true;
  if (filter.dialect.toLowerCase() !== eventQueryDialect) throw fault('enumerateFilterDialectRequestedUnavailable');
  return readEventQuery(filter.text, filter.element);
}

/** Whether a query can want entries of a channel: a log that nobody asks for need not be read. */
function mayWant(filter: SubscribeRequest['filter'], channel: string): boolean {
  if (!filter) return true;
  const paths: string[] = [];
  const look = (node: XmlElement, depth: number) => {
    const path = attribute(node, '', 'Path');
    if (path !== null) paths.push(path.toLowerCase());
    if (depth < 6) for (const one of elementsOf(node)) look(one, depth + 1);
  };
  look(filter.element, 0);
  return paths.length === 0 || paths.includes(channel.toLowerCase());
}

async function* subscribe(
  host: LinuxHost,
  logs: readonly FurtherLog[],
  request: SubscribeRequest,
  context: OperationContext,
): AsyncGenerator<ProviderEvent> {
  const fits = testOf(request);
  const { bookmark, filter } = request;
  const from = bookmark === null || bookmark === 'earliest' ? bookmark : readBookmark(bookmark);
  const wanted = logs.filter((one) => mayWant(filter, one.channel));
  const places = new Map(from !== null && from !== 'earliest' ? from : []);
  for await (const { log, entry, place } of followLogs(host, wanted, from, context.signal)) {
    if (!fits(entry)) continue;
    places.set(log, { entry: { channel: entry.channel, record: entry.record }, place });
    yield { item: writeEvent(host, entry), bookmark: writeBookmark(places, log) };
  }
}

/**
 * Windows' event log over the journal: subscriptions with event queries and bookmarks, and Enumerate of what is kept. Subscribers get the entries of `logs`
 * as well. Only administrators may read it.
 */
export function createEventLogProvider(host: LinuxHost, logs: readonly FurtherLog[] = []): ResourceProvider {
  const check = (context: OperationContext): void => {
    if (!context.user.administrator) throw fault('accessDenied');
  };
  return {
    name: 'Event Log',
    resources: [
      { uri: eventLogUri, exact: false, capabilities: ['subscribe', 'enumerate'], filterDialects: [eventQueryDialect] },
    ],
    enumerate: async function* (request, context) {
      check(context);
      if (request.mode !== 'object') throw fault('enumerationModeUnsupported');
      const fits = testOf(request);
      for await (const entry of readJournal(host, {}, context.signal))
        if (fits(entry)) yield { item: writeEvent(host, entry) };
    },
    subscribe: async function* (request, context) {
      check(context);
      yield* subscribe(host, logs, request, context);
    },
  };
}
