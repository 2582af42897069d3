import { parseXml } from '@atelier/wsman';
import { expect, it } from 'vitest';
import { bookmarkOf, eventQuery, placeBehind, readPlace, writePlace } from './event-place.ts';
import { readHostEvent } from './host-event.ts';

const event = (level: number) =>
  parseXml(`<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Service Control Manager"/>
    <EventID Qualifiers="49152">7031</EventID><Level>${level}</Level><TimeCreated SystemTime="2026-02-03T04:05:06.789Z"/>
    <EventRecordID>42</EventRecordID><Channel>System</Channel><Computer>win-1</Computer><Security UserID="S-1-5-18"/></System>
    <EventData><Data Name="param1">Spooler</Data></EventData>
    <RenderingInfo Culture="en-US"><Message>The Spooler ended.</Message></RenderingInfo></Event>`);

it('reads what Windows writes', () => {
  expect(readHostEvent(event(2))).toEqual({
    code: 4003,
    name: 'host.event',
    category: 'host',
    severity: 'error',
    description: 'The Spooler ended.',
    clientTime: new Date('2026-02-03T04:05:06.789Z'),
    userName: 'S-1-5-18',
    data: {
      channel: 'System',
      provider: 'Service Control Manager',
      eventId: 7031,
      recordId: 42,
      computer: 'win-1',
    },
  });
  expect([1, 2, 3, 4, 0].map((level) => readHostEvent(event(level)).severity)).toEqual([
    'error',
    'error',
    'warning',
    'info',
    'info',
  ]);
});

it('takes an event that says next to nothing', () => {
  const bare = parseXml('<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"/>');
  expect(readHostEvent(bare)).toMatchObject({ severity: 'info', description: '', userName: 'SYSTEM' });
});

it('keeps the place behind a batch, by the bookmark or by the time', () => {
  const time = new Date('2026-02-03T04:05:06.789Z');
  const behind = placeBehind(parseXml('<BookmarkList><Bookmark Channel="System" RecordId="42"/></BookmarkList>'), time);
  expect(readPlace(writePlace(behind))).toEqual(behind);
  expect(bookmarkOf(behind)).toMatchObject({ name: 'BookmarkList' });
  expect(eventQuery(behind)).not.toContain('SystemTime');
  const since = placeBehind(null, time);
  expect(bookmarkOf(since)).toBe('earliest');
  expect(eventQuery(since)).toContain("TimeCreated[@SystemTime &gt;= '2026-02-03T04:05:06.790Z']");
  // What a log wrote before collecting began is never wanted, also not when the log is first seen later.
  const first = { kind: 'since', time: '2026-02-01T00:00:00.000Z' } as const;
  const second = placeBehind(parseXml('<BookmarkList/>'), time, first);
  const third = placeBehind(parseXml('<BookmarkList/>'), time, readPlace(writePlace(second)));
  for (const place of [second, third])
    expect(eventQuery(place)).toContain("TimeCreated[@SystemTime &gt;= '2026-02-01T00:00:00.000Z']");
  expect([readPlace(null), readPlace('{'), readPlace('{"kind":"else"}')]).toEqual([null, null, null]);
});
