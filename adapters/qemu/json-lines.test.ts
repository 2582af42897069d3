import { expect, test } from 'vitest';
import { createJsonLineReader } from './json-lines.ts';

function readAll(bytes: Uint8Array, limit: number, cut: (at: number) => number) {
  const objects: unknown[] = [];
  const reader = createJsonLineReader(limit, (object) => objects.push(object));
  let fault: string | undefined;
  for (let at = 0; at < bytes.length && !fault; ) {
    const end = Math.min(bytes.length, at + cut(at));
    fault = reader.push(bytes.subarray(at, end));
    at = end;
  }
  return { objects, fault };
}

/** Numbers that are the same at every run (mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

test('objects come whole however the bytes are cut', () => {
  const sent = [{ a: 1 }, { text: 'grüße\n' }, { nested: { list: [1, 2] } }];
  const bytes = Buffer.from(`\r\n${sent.map((value) => JSON.stringify(value)).join('\r\n')}\n\n`);
  for (const step of [1, 2, 3, 7, bytes.length]) {
    expect(readAll(bytes, 100, () => step)).toEqual({ objects: sent, fault: undefined });
  }
});

test('a line over the limit is refused before it is held, and nothing is read after it', () => {
  const bytes = Buffer.from(`{"a":1}\n${'x'.repeat(65)}`);
  expect(readAll(bytes, 64, () => 5)).toEqual({ objects: [{ a: 1 }], fault: 'too-long' });
  const reader = createJsonLineReader(8, () => expect.unreachable());
  expect(reader.push(Buffer.alloc(9, 0x20))).toBe('too-long');
  expect(reader.push(Buffer.from('\n{}\n'))).toBeUndefined();
});

test.each(['[1]\n', '7\n', 'null\n', 'QMP\n', '{"a":\n', '"text"\n'])('%j is no object', (line) => {
  expect(readAll(Buffer.from(line), 100, () => 100).fault).toBe('not-json');
});

test('no bytes whatever make it throw or hold more than the limit', () => {
  const roll = dice(20261121);
  const alphabet = Buffer.from('{}[]":,0123456789abcdetrufalsn\\ \n\r\t\u00ff');
  for (let round = 0; round < 2000; round++) {
    const bytes = Buffer.alloc(Math.floor(roll() * 200));
    for (let at = 0; at < bytes.length; at++) {
      bytes[at] = roll() < 0.9 ? alphabet[Math.floor(roll() * alphabet.length)]! : Math.floor(roll() * 256);
    }
    const limit = 1 + Math.floor(roll() * 64);
    const longest = Math.max(
      ...bytes
        .toString('latin1')
        .split('\n')
        .map((line) => line.length),
    );
    const { fault } = readAll(bytes, limit, () => 1 + Math.floor(roll() * 20));
    if (fault === 'too-long') expect(longest).toBeGreaterThan(limit);
    else if (fault === undefined) expect(longest).toBeLessThanOrEqual(limit);
  }
});
