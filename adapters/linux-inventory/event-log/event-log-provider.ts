import type { OperationContext, ProviderEvent, ResourceProvider, SubscribeRequest } from '@atelier/plugin-kit';
import { attribute, element, elementsOf, escapeXml, fault, ns, type RawXml, type XmlElement } from '@atelier/wsman';
import type { LinuxHost } from '../linux-host.ts';
import { type EventTest, levelOf, readEventQuery } from './event-query.ts';
import { type JournalEntry, readJournal } from './journal.ts';

/** Resource of Windows' event log. */
export const eventLogUri = 'http://schemas.microsoft.com/wbem/wsman/1/windows/EventLog';
export const eventQueryDialect = 'http://schemas.microsoft.com/win/2004/08/events/eventquery';
const bookmarkNs = 'urn:atelier:journal';

const levels = ['', 'Critical', 'Error', 'Warning', 'Information', 'Verbose'];

/** Characters of a message that is sent, at most. */
const messageLimit = 31_000;

/** An entry as Windows' event XML, with its text rendered. */
export function writeEvent(host: LinuxHost, entry: JournalEntry): RawXml {
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

/** Windows' bookmark list, with the journal's cursor in an attribute of our own: record numbers alone do not find an entry again. */
const bookmarkOf = (entry: JournalEntry): XmlElement =>
  element(
    '',
    'BookmarkList',
    null,
    element('', 'Bookmark', [
      { ns: '', name: 'Channel', value: entry.channel },
      { ns: '', name: 'RecordId', value: String(entry.record) },
      { ns: '', name: 'IsCurrent', value: 'true' },
      { ns: bookmarkNs, name: 'Cursor', value: entry.cursor },
    ]),
  );

function findCursor(node: XmlElement, depth = 0): string | null {
  const own = attribute(node, bookmarkNs, 'Cursor');
  if (own !== null || depth > 4) return own;
  for (const one of elementsOf(node)) {
    const found = findCursor(one, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

function cursorOf(bookmark: XmlElement): string {
  const cursor = findCursor(bookmark);
  if (cursor === null || !/^[\w=;]{1,400}$/.test(cursor)) throw fault('invalidBookmark');
  return cursor;
}

function testOf(request: { readonly filter: SubscribeRequest['filter'] }): EventTest {
  const { filter } = request;
  if (!filter) return () => true;
  if (filter.dialect.toLowerCase() !== eventQueryDialect) throw fault('enumerateFilterDialectRequestedUnavailable');
  return readEventQuery(filter.text, filter.element);
}

async function* subscribe(
  host: LinuxHost,
  request: SubscribeRequest,
  context: OperationContext,
): AsyncGenerator<ProviderEvent> {
  const fits = testOf(request);
  const { bookmark } = request;
  const from = bookmark === 'earliest' ? { fromStart: true } : bookmark ? { after: cursorOf(bookmark) } : {};
  for await (const entry of readJournal(host, { follow: true, ...from }, context.signal))
    if (fits(entry)) yield { item: writeEvent(host, entry), bookmark: bookmarkOf(entry) };
}

/** Windows' event log over the journal: subscriptions with event queries and bookmarks, and Enumerate of what is kept. Only administrators may read it. */
export function createEventLogProvider(host: LinuxHost): ResourceProvider {
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
      yield* subscribe(host, request, context);
    },
  };
}
