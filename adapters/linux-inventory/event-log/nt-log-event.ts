import type { CimInstance } from '@atelier/cim';
import type { CimChange, CimSource, OperationContext } from '@atelier/plugin-kit';
import { accountName } from '../accounts/account-names.ts';
import { defineClass, instanceOf } from '../define-class.ts';
import type { ClassFamily } from '../family.ts';
import type { LinuxHost } from '../linux-host.ts';
import { momentOf } from '../system/system-facts.ts';
import { type JournalEntry, readJournal } from './journal.ts';

const event = defineClass({
  name: 'Win32_NTLogEvent',
  keys: 'Logfile RecordNumber',
  string: 'Logfile CategoryString ComputerName Message SourceName Type User',
  uint32: 'RecordNumber EventIdentifier',
  uint16: 'Category EventCode',
  uint8: 'EventType',
  uint8s: 'Data',
  strings: 'InsertionStrings',
  datetime: 'TimeGenerated TimeWritten',
});
const file = defineClass({
  name: 'Win32_NTEventlogFile',
  superclass: 'CIM_LogicalElement',
  keys: 'Name',
  string:
    'Name CreationClassName CSCreationClassName CSName Extension FileName FileType LogfileName OverWritePolicy Path',
  strings: 'Sources',
  uint32: 'MaxFileSize NumberOfRecords OverwriteOutDated',
  uint64: 'FileSize',
});

export const channels = ['Application', 'Security', 'System'] as const;

/** Windows' kinds of events by syslog's priority. */
export function kindOf(entry: JournalEntry): readonly [type: number, name: string] {
  if (entry.channel === 'Security') return entry.priority <= 4 ? [5, 'Audit Failure'] : [4, 'Audit Success'];
  if (entry.priority <= 3) return [1, 'Error'];
  return entry.priority === 4 ? [2, 'Warning'] : [3, 'Information'];
}

async function eventOf(host: LinuxHost, entry: JournalEntry, names: Map<number, string | null>): Promise<CimInstance> {
  const [type, name] = kindOf(entry);
  const { uid } = entry;
  if (uid !== null && !names.has(uid)) names.set(uid, await accountName(host, uid));
  return instanceOf('Win32_NTLogEvent', {
    Logfile: entry.channel,
    RecordNumber: entry.record,
    SourceName: entry.source,
    EventCode: entry.eventId,
    EventIdentifier: entry.eventId,
    EventType: type,
    Type: name,
    Category: 0,
    CategoryString: entry.unit,
    ComputerName: entry.computer ?? host.name,
    Message: entry.message,
    InsertionStrings: [entry.message],
    TimeGenerated: momentOf(entry.at),
    TimeWritten: momentOf(entry.at),
    User: uid === null ? null : (names.get(uid) ?? String(uid)),
  });
}

async function* list(host: LinuxHost, logfile: unknown, context: OperationContext): AsyncIterable<CimInstance> {
  const names = new Map<number, string | null>();
  for await (const entry of readJournal(host, { reverse: true }, context.signal))
    if (typeof logfile !== 'string' || logfile.toLowerCase() === entry.channel.toLowerCase())
      yield await eventOf(host, entry, names);
}

async function* watch(host: LinuxHost, context: OperationContext): AsyncIterable<CimChange> {
  const names = new Map<number, string | null>();
  for await (const entry of readJournal(host, { follow: true }, context.signal))
    yield { kind: 'created', instance: await eventOf(host, entry, names) };
}

const source = (host: LinuxHost): CimSource => ({
  list: (hint, context) => list(host, hint.equals.Logfile, context),
  watch: (context) => watch(host, context),
});

/** The journal as Windows' event log, the newest first; new entries are events without polling. */
export const eventLogFamily = (host: LinuxHost): ClassFamily => ({
  classes: [event, file],
  sources: {
    Win32_NTLogEvent: source(host),
    Win32_NTEventlogFile: {
      list: () =>
        channels.map((one) =>
          instanceOf('Win32_NTEventlogFile', {
            Name: `/var/log/journal/${one}`,
            Caption: one,
            LogfileName: one,
            FileName: one,
            FileType: 'journal',
            Path: '/var/log/journal/',
            OverWritePolicy: 'WhenNeeded',
            CreationClassName: 'Win32_NTEventlogFile',
            CSCreationClassName: 'Win32_ComputerSystem',
            CSName: host.name,
            Status: 'OK',
          }),
        ),
    },
  },
});
