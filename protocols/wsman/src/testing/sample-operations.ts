import { actions, dialects } from '../actions.ts';
import { parseXml } from '../parse-xml.ts';
import type { Operation } from '../request.ts';
import type { RequestFilter } from '../resource-filter.ts';
import { textOf } from '../xml-node.ts';

function filter(dialect: string, content: string): RequestFilter {
  const element = parseXml(
    `<w:Filter xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" Dialect="${dialect}">${content}</w:Filter>`,
  );
  return { dialect, text: textOf(element), element };
}

const wql = filter(dialects.wql, 'select * from A where b &lt; 1');
const selectors = filter(dialects.selector, '<w:SelectorSet><w:Selector Name="ShellId">X</w:Selector></w:SelectorSet>');
const instance = parseXml(
  '<p1:A xmlns:p1="urn:A" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="p1:A_Type"><p1:B xsi:nil="true"/></p1:A>',
);
const identifier = parseXml(
  '<e:Identifier xmlns:e="http://schemas.xmlsoap.org/ws/2004/08/eventing">sub</e:Identifier>',
);
const sink = { address: 'https://collector.example:5986/wsman/subscriptions/1', parameters: [identifier] };
const command = '00000000-0000-4000-8000-00000000000A';
const event = { action: actions.event, content: instance };

const subscribe = {
  kind: 'subscribe',
  mode: 'events',
  notifyTo: sink,
  endTo: sink,
  expires: { kind: 'after', milliseconds: 600_000 },
  filter: wql,
  heartbeats: 30_000,
  connectionRetry: { count: 5, interval: 60_000 },
  maxElements: 20,
  maxTime: 30_000,
  maxEnvelopeSize: 512_000,
  contentEncoding: 'utf-16',
  locale: 'en-US',
  contentFormat: 'RenderedText',
  sendBookmarks: true,
  bookmark: parseXml('<BookmarkList><Bookmark RecordId="7"/></BookmarkList>'),
  ignoreChannelError: true,
} as const;

/** One or more of each operation but Identify, with every field in use. For tests. */
export const sampleOperations: readonly Operation[] = [
  { kind: 'get' },
  { kind: 'put', body: instance },
  { kind: 'create', body: instance },
  { kind: 'create', body: null },
  { kind: 'delete' },
  {
    kind: 'enumerate',
    filter: wql,
    mode: 'object-and-epr',
    polymorphism: 'None',
    optimize: true,
    maxElements: 20,
    expires: { kind: 'at', time: 1_795_000_000_000 },
  },
  {
    kind: 'enumerate',
    filter: selectors,
    mode: 'epr',
    polymorphism: null,
    optimize: false,
    maxElements: 1,
    expires: null,
  },
  { kind: 'pull', context: 'uuid:1', maxElements: 5, maxCharacters: 10_000, maxTime: 2500 },
  { kind: 'release', context: 'uuid:1' },
  { kind: 'renew-enumeration', context: 'uuid:1', expires: { kind: 'after', milliseconds: 1000 } },
  { kind: 'enumeration-status', context: 'uuid:1' },
  subscribe,
  {
    ...subscribe,
    mode: 'pull',
    notifyTo: null,
    bookmark: 'earliest',
    contentEncoding: 'utf-8',
    contentFormat: null,
    ignoreChannelError: false,
  },
  {
    ...subscribe,
    mode: 'push',
    endTo: null,
    filter: null,
    heartbeats: null,
    connectionRetry: null,
    bookmark: null,
    sendBookmarks: false,
  },
  { ...subscribe, mode: 'push-with-ack', maxElements: null, maxTime: null, maxEnvelopeSize: null, locale: null },
  { kind: 'renew', identifier: 'sub', expires: { kind: 'after', milliseconds: 60_000 } },
  { kind: 'subscription-status', identifier: 'sub' },
  { kind: 'unsubscribe', identifier: 'sub' },
  { kind: 'events', events: [event, { ...event, action: 'urn:own' }] },
  { kind: 'events', events: [event] },
  { kind: 'heartbeat' },
  { kind: 'dropped-events', count: 12 },
  { kind: 'subscription-end', status: 'SourceShuttingDown', reason: 'a <b>' },
  { kind: 'end' },
  { kind: 'ack' },
  {
    kind: 'create-shell',
    shellId: command,
    name: 'my shell',
    inputStreams: ['stdin'],
    outputStreams: ['stdout', 'stderr'],
    environment: { PATH: '/bin', 'A<': 'b&"c"\n' },
    workingDirectory: '/tmp/ü',
    lifetime: 60_000,
    idleTimeout: 7_200_000,
    bufferMode: 'Block',
    noProfile: true,
    codePage: 1252,
    creationXml: null,
  },
  {
    kind: 'command',
    commandId: command,
    command: 'echo "ü"',
    arguments: ['<a>', ' b '],
    consoleInput: true,
    skipShell: true,
    terminal: { columns: 80, rows: 24 },
  },
  { kind: 'send', streams: [{ name: 'stdin', commandId: command, data: Buffer.from([0, 255, 10]), end: true }] },
  { kind: 'receive', commandId: command, streams: ['stdout', 'stderr'], keepAlive: true },
  { kind: 'receive', commandId: null, streams: ['stdout'], keepAlive: false },
  { kind: 'signal', commandId: command, code: 'http://schemas.microsoft.com/wbem/wsman/1/windows/shell/signal/ctrl_c' },
  { kind: 'disconnect', idleTimeout: 1000, bufferMode: 'Drop' },
  { kind: 'reconnect' },
  { kind: 'connect', bufferMode: 'Block', connectXml: 'AAAA' },
];
