import { describe, expect, it } from 'vitest';
import { actions } from './actions.ts';
import { encodeText } from './decode-text.ts';
import { ItemPacker } from './item-packer.ts';
import type { AnsweredHeaders } from './message-options.ts';
import { parseXml } from './parse-xml.ts';
import { readAnswer, UnreadableAnswer } from './read-answer.ts';
import {
  readCreated,
  readFragment,
  readGranted,
  readIdentity,
  readItems,
  readResource,
  readSubscribed,
} from './read-response.ts';
import { readCommandId, readCreatedShell, readOutput } from './read-shell-response.ts';
import type { ShellState, WsmanResponse } from './response.ts';
import { writeResponse } from './write-response.ts';
import { receiveBudget, writeShell } from './write-shell-response.ts';

const options = { messageId: 'uuid:ANSWER' };
const asked: AnsweredHeaders = {
  action: actions.get,
  messageId: 'uuid:<asked>',
  operationId: null,
  sequenceId: null,
  activityId: null,
  fragment: null,
  locale: null,
  encoding: 'utf-8',
};
const answer = (response: WsmanResponse, headers: Partial<AnsweredHeaders> = {}) =>
  readAnswer(encodeText(writeResponse({ ...asked, ...headers }, response, options), headers.encoding ?? 'utf-8'));

const instance = parseXml('<p:A xmlns:p="urn:A"><p:B>1 &lt; 2</p:B></p:A>');
const reference = { address: 'http://h/wsman', resourceUri: 'urn:A', selectors: [{ name: 'K', value: 'v&' }] };
const shell: ShellState = {
  shellId: 'SHELL',
  name: 'n',
  resourceUri: 'urn:cmd',
  owner: 'ada',
  clientIp: '127.0.0.1',
  processId: 7,
  inputStreams: ['stdin'],
  outputStreams: ['stdout', 'stderr'],
  workingDirectory: '/tmp',
  environment: { A: 'b' },
  idleTimeout: 7_200_000,
  maxIdleTimeout: 2_147_483_647,
  lifetime: null,
  locale: 'en-US',
  dataLocale: 'en-US',
  state: 'Connected',
  bufferMode: 'Block',
  profileLoaded: true,
  runTime: 93_784_000,
  inactivity: 0,
  memoryUsed: 5_000_000,
  childProcesses: 2,
};

describe('answers', () => {
  it('name the request and the action', () => {
    const found = answer(
      { kind: 'get', body: instance },
      { operationId: 'uuid:O', sequenceId: 4, activityId: 'uuid:A' },
    );
    expect(found).toMatchObject({
      action: `${actions.get}Response`,
      messageId: 'uuid:ANSWER',
      relatesTo: 'uuid:<asked>',
    });
    expect(readResource(found)).toEqual(instance);
    const text = writeResponse(
      { ...asked, operationId: 'uuid:O', sequenceId: 4, activityId: 'uuid:A' },
      { kind: 'delete' },
      options,
    );
    expect(text).toContain(
      '<p:OperationID s:mustUnderstand="false">uuid:O</p:OperationID><p:SequenceId>4</p:SequenceId>',
    );
    expect(text).toContain('<p:ActivityId s:mustUnderstand="false">uuid:A</p:ActivityId>');
  });

  it('come in UTF-16 too', () => {
    expect(readResource(answer({ kind: 'get', body: { raw: '<a>ü</a>' } }, { encoding: 'utf-16' }))).toMatchObject({
      children: ['ü'],
    });
  });

  it('to Identify need no header', () => {
    const identity = { productVendor: 'V & W', productVersion: '1', securityProfiles: ['urn:a', 'urn:b'] };
    const found = answer({ kind: 'identify', ...identity }, { messageId: '' });
    expect(readIdentity(found)).toMatchObject(identity);
    expect(found.relatesTo).toBeNull();
  });

  it('to Create name the resource', () => {
    expect(readCreated(answer({ kind: 'create', reference }))).toEqual(reference);
  });

  it('with a fragment echo it', () => {
    const fragment = { dialect: 'urn:d', path: 'a[1]' };
    const text = writeResponse({ ...asked, fragment }, { kind: 'get-fragment', content: ['x<', instance] }, options);
    expect(text).toContain('<w:FragmentTransfer s:mustUnderstand="true" Dialect="urn:d">a[1]</w:FragmentTransfer>');
    expect(readFragment(readAnswer(Buffer.from(text)))).toEqual(['x<', instance]);
    expect(writeResponse({ ...asked, fragment }, { kind: 'get-fragment', content: [] }, options)).toContain(
      'xsi:nil="true"',
    );
  });

  it('to Enumerate and Pull bring items and their context', () => {
    const packed = (mode: 'object' | 'epr' | 'object-and-epr') => {
      const packer = new ItemPacker({
        maxElements: 2,
        maxCharacters: null,
        maxEnvelopeSize: 10_000,
        encoding: 'utf-8',
        mode,
      });
      expect(packer.offer(instance, reference)).toBe('taken');
      return packer.finish();
    };
    const enumerated = { kind: 'enumerate', context: 'uuid:C', expires: 5000, end: false } as const;
    const first = answer({ ...enumerated, items: packed('object'), total: 3 });
    expect(first.total).toBe(3);
    expect(readItems(first, 'object')).toEqual({ context: 'uuid:C', items: [{ item: instance, reference: null }] });
    expect(readItems(answer({ ...enumerated, items: null }), 'object')).toEqual({ context: 'uuid:C', items: [] });
    const last = answer({ ...enumerated, items: packed('epr'), end: true, total: null });
    expect(last.total).toBeNull();
    expect(readItems(last, 'epr')).toEqual({ context: null, items: [{ item: null, reference }] });
    const pulled = answer({ kind: 'pull', context: 'uuid:C', items: packed('object-and-epr'), end: false });
    expect(readItems(pulled, 'object-and-epr')).toEqual({ context: 'uuid:C', items: [{ item: instance, reference }] });
    const over = answer({ kind: 'pull', context: 'uuid:C', items: { xml: '', count: 0 }, end: true });
    expect(readItems(over, 'object')).toEqual({ context: null, items: [] });
    expect(readGranted(answer({ kind: 'renew-enumeration', context: 'c', expires: 1500 }))).toBe(1500);
    expect(readGranted(answer({ kind: 'enumeration-status', expires: 1500 }))).toBe(1500);
  });

  it('to Subscribe name its manager', () => {
    const found = readSubscribed(
      answer({
        kind: 'subscribe',
        address: 'http://h',
        resourceUri: 'urn:E',
        identifier: 'I',
        expires: 1000,
        context: 'uuid:C',
      }),
    );
    expect(found).toMatchObject({
      identifier: 'I',
      expires: 1000,
      context: 'uuid:C',
      manager: { address: 'http://h' },
    });
    expect(readGranted(answer({ kind: 'renew', expires: 2000 }))).toBe(2000);
    expect(readGranted(answer({ kind: 'subscription-status', expires: 2000 }))).toBe(2000);
    expect(answer({ kind: 'ack' }, { action: actions.events })).toMatchObject({ action: actions.ack, body: [] });
  });

  it('of the shell protocol', () => {
    const created = answer({
      kind: 'create-shell',
      reference: { ...reference, selectors: [{ name: 'ShellId', value: 'SHELL' }] },
      shell,
    });
    expect(readCreatedShell(created)).toMatchObject({ shellId: 'SHELL', shell: { name: 'Shell' } });
    expect(parseXml(writeShell(shell).raw)).toMatchObject({
      name: 'Shell',
      attributes: [{ name: 'ShellId', value: 'SHELL' }],
    });
    expect(writeShell(shell).raw).toContain('<rsp:ShellRunTime>P1DT2H3M4S</rsp:ShellRunTime>');
    expect(readCommandId(answer({ kind: 'command', commandId: 'C' }))).toBe('C');
    const streams = [{ name: 'stdout', commandId: 'C', data: Buffer.from('ü\0'), end: true }];
    const running = answer({ kind: 'receive', streams, commandId: 'C', state: 'Running', exitCode: null });
    expect(readOutput(running)).toEqual({ streams, state: 'Running', exitCode: null });
    const done = answer({ kind: 'receive', streams: [], commandId: 'C', state: 'Done', exitCode: 3 });
    expect(readOutput(done)).toEqual({ streams: [], state: 'Done', exitCode: 3 });
    for (const kind of ['send', 'signal', 'disconnect', 'reconnect'] as const)
      expect(answer({ kind }).body.length).toBeLessThan(2);
    expect(answer({ kind: 'connect', shell }).body[0]?.name).toBe('ConnectResponse');
  });

  it('of output fit the envelope that was asked for', () => {
    for (const encoding of ['utf-8', 'utf-16'] as const) {
      const data = Buffer.alloc(receiveBudget(153_600, encoding), 'x');
      const text = writeResponse(
        asked,
        {
          kind: 'receive',
          streams: [{ name: 'stdout', commandId: 'C', data, end: true }],
          commandId: 'C',
          state: 'Done',
          exitCode: 0,
        },
        options,
      );
      const size = encodeText(text, encoding).length;
      expect(size).toBeLessThanOrEqual(153_600);
      expect(size).toBeGreaterThan(145_000);
    }
  });

  it('that are none are told from those that are', () => {
    expect(() => readAnswer(Buffer.from('<html/>'))).toThrow(UnreadableAnswer);
    expect(() => readAnswer(Buffer.from('no'))).toThrow(UnreadableAnswer);
    expect(() => readItems(answer({ kind: 'delete' }), 'object')).toThrow(UnreadableAnswer);
    expect(() => readOutput(answer({ kind: 'delete' }))).toThrow(UnreadableAnswer);
  });
});

describe('an item packer', () => {
  const item = { raw: `<a>${'ü'.repeat(1000)}</a>` };
  const limits = {
    maxElements: 100,
    maxCharacters: null,
    maxEnvelopeSize: 20_000,
    encoding: 'utf-8',
    mode: 'object',
  } as const;
  const fill = (more: object): number => {
    const packer = new ItemPacker({ ...limits, ...more });
    while (packer.offer(item) === 'taken');
    return packer.count;
  };

  it('keeps to elements, characters and bytes of either encoding', () => {
    expect(fill({ maxElements: 3 })).toBe(3);
    expect(fill({ maxCharacters: 2100 })).toBe(2);
    expect(fill({})).toBe(7);
    expect(fill({ encoding: 'utf-16' })).toBe(5);
    expect(fill({ maxEnvelopeSize: 500_000 })).toBe(100);
  });

  it('says when one item alone is too large', () => {
    expect(new ItemPacker({ ...limits, maxEnvelopeSize: 8192 }).offer({ raw: `<a>${'x'.repeat(9000)}</a>` })).toBe(
      'too-large',
    );
    expect(new ItemPacker({ ...limits, maxCharacters: 10 }).offer(item)).toBe('too-large');
  });

  it('leaves room for the envelope around', () => {
    const packer = new ItemPacker({ ...limits, maxElements: 1000, maxEnvelopeSize: 8192 });
    while (packer.offer({ raw: '<a/>' }) === 'taken');
    const text = writeResponse(
      { ...asked, messageId: 'm'.repeat(1000) },
      { kind: 'pull', context: 'c', items: packer.finish(), end: false },
      options,
    );
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(8192);
  });
});
