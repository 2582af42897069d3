import { describe, expect, it } from 'vitest';
import { pipelineEnd, wholeFragments } from './fragment.ts';
import { lineReader } from './line-reader.ts';
import { dataPacket, plainPacket, readPacket } from './packet.ts';
import { fragmented, messageTypes, stateXml } from './testing/message.ts';

const id = '71320BB7-603B-46C3-A24A-F17E94E79AFC';

describe('a packet', () => {
  it('is read as it is written, whatever its quotes', () => {
    const data = Buffer.from([0, 1, 255]);
    expect(readPacket(dataPacket(id, data, 'PromptResponse').trim())).toEqual({ kind: 'Data', id, data });
    expect(readPacket(plainPacket('CloseAck', id).trim())).toMatchObject({ kind: 'CloseAck', id });
    expect(readPacket(`<DataAck PSGuid="${id}"/>`)).toMatchObject({ kind: 'DataAck', id });
  });

  it.each([
    '',
    'WARNING: hello',
    `<Other PSGuid='${id}' />`,
    "<Data PSGuid='x'>AA==</Data>",
    `<Data PSGuid='${id}'>AA==</Close>`,
    `<Data PSGuid='${id}'>!</Data>`,
    `<Data PSGuid='${id}' /><Data PSGuid='${id}' />`,
  ])('is not %s', (line) => expect(readPacket(line)).toBeNull());
});

describe('lines', () => {
  it('are put together from any pieces, and not longer than they may be', () => {
    const lines: string[] = [];
    const read = lineReader(5, (line) => lines.push(line));
    for (const piece of ['a', 'bc\r\nd', '\n\nabcde\n']) read(Buffer.from(piece));
    expect(lines).toEqual(['abc', 'd', '', 'abcde']);
    expect(() => read(Buffer.from('abcdef'))).toThrow(/longer than 5 bytes/);
  });
});

describe('fragments', () => {
  it('are divided between them only', () => {
    const bytes = fragmented(1, messageTypes.pipelineOutput, 'x'.repeat(250), 100);
    expect([bytes.length, 242, 241, 120].map((most) => wholeFragments(bytes, most))).toEqual([
      bytes.length,
      242,
      121,
      0,
    ]);
    expect(wholeFragments(Buffer.alloc(100, 255), 50)).toBe(0);
  });

  it.each([
    [2, false],
    [3, true],
    [4, true],
    [5, true],
    [6, false],
  ])('with the state %i end a pipeline: %s', (state, over) => {
    for (const size of [7, 50, 32_768])
      expect(pipelineEnd()(fragmented(1, messageTypes.pipelineState, stateXml(state), size))).toBe(over);
  });

  it('of output do not end it, though they speak of the end; those that come in turn do', () => {
    const isEnd = pipelineEnd();
    expect(isEnd(fragmented(1, messageTypes.pipelineOutput, stateXml(4)))).toBe(false);
    const bytes = fragmented(2, messageTypes.pipelineState, stateXml(4), 60);
    const half = wholeFragments(bytes, bytes.length - 1);
    expect([isEnd(bytes.subarray(0, half)), isEnd(bytes.subarray(half))]).toEqual([false, true]);
  });
});
