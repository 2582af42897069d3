import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { knownFrames } from './known-frames.ts';
import { openPrevious, readLocalIndex } from './previous-versions.ts';
import { type Lab, openLab } from './testing/lab.ts';
import { sampleDisk, seededRandom } from './testing/sample-disks.ts';

let lab: Lab;
const random = seededRandom(11);
const first = sampleDisk(random, 300);
const second = Buffer.concat([first, sampleDisk(random, 100)]);
beforeAll(async () => {
  lab = await openLab();
  await lab.publish(1, first);
  await lab.publish(2, second);
  await lab.fetch('one', { version: 1 });
  await lab.fetch('two', { version: 2 });
});
afterAll(() => lab.close());

const version = () => ({ diskPath: lab.path('one'), indexPath: `${lab.path('one')}.index` });

async function known() {
  const { index, digests } = await readLocalIndex(`${lab.path('two')}.index`);
  const opened = await openPrevious([version()]);
  const found = new Uint8Array(digests.length);
  try {
    return { ...(await knownFrames(index, opened, found)), index, digests, found, opened };
  } finally {
    for (const { file } of opened) await file.close();
  }
}

test('frames of a version at hand are known by its index, and no others', async () => {
  const { index, digests, found, known: flags, previous } = await known();
  expect(previous).toHaveLength(1);
  expect(flags).toContain(1);
  expect(flags).toContain(0);
  for (let f = 0; f < index.frames.count; f++) {
    const [from, to] = [(index.frames.first[f] as number) * 32, (index.frames.first[f + 1] as number) * 32];
    const wanted = flags[f] === 1 ? digests.subarray(from, to) : new Uint8Array(to - from);
    expect(Buffer.compare(found.subarray(from, to), wanted)).toBe(0);
  }
});

test('a version whose index is damaged or cut off is no source, and its disk comes whole without it', async () => {
  const { indexPath } = version();
  const whole = await readFile(indexPath);
  await writeFile(indexPath, whole.subarray(0, -32));
  expect((await known()).opened).toEqual([]);
  const bad = Buffer.from(whole);
  bad.writeUInt8(bad.readUInt8(bad.length - 1) ^ 1, bad.length - 1);
  await writeFile(indexPath, bad);
  const { opened, previous } = await known();
  expect([opened.length, previous.length]).toEqual([1, 0]);
  const { bySource } = await lab.fetch('two-again', { version: 2 }, ['one']);
  expect(Buffer.compare(await lab.disk('two-again'), second)).toBe(0);
  expect(bySource.previous).toBe(0);
  await writeFile(indexPath, whole);
});
