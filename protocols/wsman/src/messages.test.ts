import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encodeText } from './decode-text.ts';
import type { OutgoingHeaders } from './outgoing-headers.ts';
import { parseXml } from './parse-xml.ts';
import { readRequest } from './read-request.ts';
import type { Operation } from './request.ts';
import { sampleOperations } from './testing/sample-operations.ts';
import { writeRequest } from './write-request.ts';
import type { XmlElement } from './xml-element.ts';
import { elementsOf } from './xml-node.ts';

const folder = new URL('../testing/messages/', import.meta.url);
const cmd = 'http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd';
const service = 'http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_Service';

/** What each recorded message of other clients must be understood as; the rest of its name is the operation. */
const understood: Readonly<Record<string, readonly [uri: string, expected: object]>> = {
  'masterzen-go-command.xml': [
    cmd,
    { kind: 'command', command: 'echo hello', arguments: [], consoleInput: true, skipShell: false },
  ],
  'masterzen-go-create.xml': [
    cmd,
    { kind: 'create-shell', codePage: 65001, noProfile: false, inputStreams: ['stdin'] },
  ],
  'masterzen-go-delete.xml': [cmd, { kind: 'delete' }],
  'masterzen-go-receive.xml': [cmd, { kind: 'receive', streams: ['stdout', 'stderr'], keepAlive: false }],
  'masterzen-go-send.xml': [cmd, { kind: 'send', streams: [{ name: 'stdin', end: false }] }],
  'masterzen-go-signal.xml': [cmd, { kind: 'signal', code: expect.stringMatching(/signal\/terminate$/) }],
  'pypsrp-command.xml': [cmd, { kind: 'command', command: 'echo', arguments: ['hi'], skipShell: false }],
  'pypsrp-create.xml': [cmd, { kind: 'create-shell', outputStreams: ['stdout', 'stderr'], environment: {} }],
  'pypsrp-delete.xml': [cmd, { kind: 'delete' }],
  'pypsrp-enumerate.xml': [
    service,
    { kind: 'enumerate', optimize: false, maxElements: 1, mode: 'object', filter: null },
  ],
  'pypsrp-get.xml': ['http://schemas.microsoft.com/wbem/wsman/1/config', { kind: 'get' }],
  'pypsrp-pull.xml': [service, { kind: 'pull', maxElements: 16, context: expect.stringMatching(/^uuid:/) }],
  'pypsrp-receive.xml': [cmd, { kind: 'receive', keepAlive: true, commandId: expect.stringMatching(/^A97C2B2E/) }],
  'pypsrp-release.xml': [service, { kind: 'release', context: expect.stringMatching(/^uuid:7cb42aeb/) }],
  'pypsrp-send.xml': [cmd, { kind: 'send', streams: [{ name: 'stdin', data: Buffer.from('abc'), end: false }] }],
  'pypsrp-signal.xml': [cmd, { kind: 'signal', code: expect.stringMatching(/signal\/ctrl_c$/) }],
  'pywinrm-command.xml': [cmd, { kind: 'command', command: 'echo', arguments: ['hello'] }],
  'pywinrm-create.xml': [cmd, { kind: 'create-shell', codePage: 437 }],
  'pywinrm-delete.xml': [cmd, { kind: 'delete' }],
  'pywinrm-receive.xml': [cmd, { kind: 'receive', streams: ['stdout', 'stderr'] }],
  'pywinrm-send.xml': [
    cmd,
    { kind: 'send', streams: [{ name: 'stdin', data: Buffer.from('line1\nline2\n'), end: true }] },
  ],
  'pywinrm-signal.xml': [cmd, { kind: 'signal', code: expect.stringMatching(/signal\/terminate$/) }],
  'winrb-command.xml': [
    cmd,
    { kind: 'command', command: '"echo hello"', commandId: expect.stringMatching(/^71320BB7/) },
  ],
  'winrb-create.xml': [cmd, { kind: 'create-shell', codePage: 65001 }],
  'winrb-delete.xml': [cmd, { kind: 'delete' }],
  'winrb-enumerate.xml': [
    service.replace('Win32_Service', '*'),
    { kind: 'enumerate', optimize: true, maxElements: 32000, filter: { text: 'select * from Win32_Service' } },
  ],
  'winrb-receive.xml': [cmd, { kind: 'receive', keepAlive: true }],
  'winrb-signal.xml': [cmd, { kind: 'signal', commandId: expect.stringMatching(/^71320BB7/) }],
  'wsmancli-enumerate.xml': [service, { kind: 'enumerate', optimize: false }],
  'wsmancli-get.xml': [
    service,
    { kind: 'get', headers: { resource: { selectors: [{ name: 'Name', value: 'svc0000' }] } } },
  ],
  'wsmancli-identify.xml': ['', { kind: 'identify' }],
  'wsmancli-no-such-method.xml': [
    service,
    { kind: 'invoke', method: 'NoSuchMethod', input: { name: 'NoSuchMethod_INPUT' } },
  ],
  'wsmancli-pull.xml': [service, { kind: 'pull', maxElements: 20 }],
  'wsmancli-release.xml': [service, { kind: 'release' }],
  'wsmancli-subscribe.xml': [
    service,
    { kind: 'subscribe', mode: 'pull', expires: { kind: 'after', milliseconds: 60_000 } },
  ],
};

describe('messages that other clients send', () => {
  it('are all known here', () => {
    expect(readdirSync(folder).sort()).toEqual(Object.keys(understood).sort());
  });

  it.each(Object.entries(understood))('%s', (name, [uri, expected]) => {
    const bytes = readFileSync(new URL(name, folder));
    const request = readRequest(bytes);
    expect(request).toMatchObject(expected);
    expect(request.headers.resource.resourceUri).toBe(uri);
    if (request.kind === 'identify') return;
    expect(request.headers.messageId).toMatch(/^uuid:[0-9A-Fa-f-]{36}$/);
    expect(bytes.toString()).toContain(request.headers.messageId);
    const wide = readRequest(encodeText(bytes.toString().replace(/encoding="utf-8"/i, ''), 'utf-16'));
    expect(wide).toEqual({ ...request, headers: { ...request.headers, encoding: 'utf-16' } });
  });
});

const headers: OutgoingHeaders = {
  to: 'http://host.example:5985/wsman',
  messageId: 'uuid:00000000-0000-4000-8000-000000000001',
  resource: {
    resourceUri: 'http://example.org/a?b&c',
    selectors: [
      { name: 'Name', value: ' a <b> & "c" ' },
      { name: 'Ref', value: { address: 'http://x', resourceUri: 'urn:x', selectors: [{ name: 'K', value: '1' }] } },
    ],
  },
  operationTimeout: 61_500,
  maxEnvelopeSize: 512_000,
  locale: 'fr-FR',
  dataLocale: 'en-US',
  sessionId: 'uuid:S',
  operationId: 'uuid:O',
  sequenceId: 3,
  activityId: 'uuid:A',
  fragment: { dialect: 'http://www.w3.org/TR/1999/REC-xpath-19991116', path: 'a/text()' },
  options: [{ name: 'o<', value: 'v&', mustComply: true, type: 'xs:int' }],
  wantsTotal: true,
  machineId: 'source.example',
};

const withoutHeaders = (operation: Operation) => {
  const { headers: _, ...rest } = operation as Operation & { headers?: unknown };
  return rest;
};

/** An element without white space between elements, without headers' order, and without what only says the default. */
function bare(node: XmlElement): XmlElement {
  const hasElements = node.children.some((one) => typeof one !== 'string');
  return {
    ...node,
    attributes: node.attributes
      .filter((one) => !/^end$/i.test(one.name) || !/^false$/i.test(one.value))
      .toSorted((a, b) => a.name.localeCompare(b.name)),
    children: node.children
      .filter((one) => typeof one !== 'string' || !hasElements || one.trim() !== '')
      .map((one) => (typeof one === 'string' ? one : bare(one))),
  };
}
const partOf = (text: string, name: string): XmlElement =>
  bare(parseXml(text)).children.find((one): one is XmlElement => typeof one !== 'string' && one.name === name)!;

describe('what our client sends beside what others send', () => {
  const same = Object.keys(understood).filter((name) => !/identify|winrb-enumerate|subscribe/.test(name));
  it.each(same)('has the same body, and every header that must be understood: %s', (name) => {
    const theirs = readFileSync(new URL(name, folder), 'utf8');
    const request = readRequest(Buffer.from(theirs));
    const { resource, messageId, to } = request.headers;
    const ours = writeRequest(request, {
      resource,
      messageId,
      to,
      operationTimeout: 20_000,
      maxEnvelopeSize: 153_600,
      locale: 'en-US',
      dataLocale: 'en-US',
    });
    expect(partOf(ours, 'Body')).toEqual(partOf(theirs, 'Body'));
    const names = (text: string) => elementsOf(partOf(text, 'Header')).map((one) => one.name);
    expect(names(ours)).toEqual(
      expect.arrayContaining(names(theirs).filter((one) => one !== 'SessionId' && one !== 'OptionSet')),
    );
  });
});

describe('messages that our client sends', () => {
  it.each(sampleOperations.map((one) => [one.kind, one] as const))(
    'are read back as they were meant: %s',
    (_, operation) => {
      const text = writeRequest(operation, {
        ...headers,
        parameters: [
          parseXml('<e:Identifier xmlns:e="http://schemas.xmlsoap.org/ws/2004/08/eventing">sub</e:Identifier>'),
        ],
      });
      expect(withoutHeaders(readRequest(encodeText(text, 'utf-8')))).toEqual(operation);
      expect(withoutHeaders(readRequest(encodeText(text, 'utf-16')))).toEqual(operation);
    },
  );

  it('carry every header', () => {
    const { machineId: _, ...echoed } = headers;
    const bookmark = parseXml('<BookmarkList><Bookmark Channel="x"/></BookmarkList>');
    const text = writeRequest({ kind: 'get' }, { ...headers, bookmark, ackRequested: true });
    expect(readRequest(Buffer.from(text)).headers).toMatchObject({ ...echoed, bookmark, ackRequested: true });
    expect(readRequest(Buffer.from(text)).headers.others.map((one) => one.name)).toEqual(['MachineID']);
  });

  it('leave out what nobody asked for', () => {
    const text = writeRequest(
      { kind: 'get' },
      { to: 'x', messageId: 'uuid:1', resource: { resourceUri: 'urn:a', selectors: [] } },
    );
    const found = readRequest(Buffer.from(text)).headers;
    expect(found).toMatchObject({
      operationTimeout: null,
      maxEnvelopeSize: null,
      locale: null,
      options: [],
      fragment: null,
    });
  });

  it('are what WinRM takes: the elements of a shell command, in their order', () => {
    const command = sampleOperations.find((one) => one.kind === 'command')!;
    const body = parseXml(writeRequest(command, headers)).children[1];
    expect(body).toMatchObject({
      name: 'Body',
      children: [
        { name: 'CommandLine', children: [{ name: 'Command' }, { name: 'Arguments' }, { name: 'Arguments' }] },
      ],
    });
  });
});
