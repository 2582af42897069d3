import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ImageVersion } from '@atelier/api';
import { afterAll, expect, it } from 'vitest';
import type { Invocation } from '../../command/invocation.ts';
import { uploadDisk } from './upload.ts';

const folder = mkdtempSync(join(tmpdir(), 'atelier-upload-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('goes on from what the server has after a broken connection, and sends every byte once', async () => {
  const disk = Buffer.from(Array.from({ length: 100_000 }, (_, at) => at % 251));
  const path = join(folder, 'disk');
  writeFileSync(path, disk);
  const kept: Buffer[] = [];
  const offsets: number[] = [];
  const version = () => ({ image: 'lab', number: 1, receivedBytes: Buffer.concat(kept).length }) as ImageVersion;
  const images = {
    upload: async ({ query }: { query: { offset: number } }, { content }: { content: unknown }) => {
      offsets.push(query.offset);
      const sent = await buffer(content as Readable);
      if (offsets.length === 1) {
        kept.push(sent.subarray(0, 40_000));
        throw new Error('the connection broke');
      }
      kept.push(sent);
      return version();
    },
    getVersion: async () => version(),
  };
  const call = {
    api: { images },
    common: { quiet: true },
    terminal: { errIsTerminal: false },
    signal: new AbortController().signal,
  } as unknown as Invocation;
  const uploaded = await uploadDisk(call, version(), path, disk.length);
  expect(uploaded.receivedBytes).toBe(disk.length);
  expect(offsets).toEqual([0, 40_000]);
  expect(Buffer.concat(kept).equals(disk)).toBe(true);
});
