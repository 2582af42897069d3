import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ImageVersion, ProblemError } from '@atelier/api';
import type { Invocation } from '../../command/invocation.ts';
import { CliFailure } from '../../failure/cli-failure.ts';
import { formatBytes, formatSeconds } from '../../output/format-value.ts';
import { bar, progressLine } from '../../terminal/progress-line.ts';

const attempts = 6;

/** Sends a disk file to a draft from where the server has it, and goes on after broken connections. */
export async function uploadDisk(
  call: Invocation,
  draft: ImageVersion,
  path: string,
  size: number,
): Promise<ImageVersion> {
  const params = { name: draft.image, number: draft.number };
  const line = progressLine(call.terminal, call.common.quiet);
  let version = draft;
  for (let attempt = 1; version.receivedBytes < size; attempt++) {
    const offset = version.receivedBytes;
    let sent = offset;
    const since = performance.now();
    const count = new Transform({
      transform(chunk: Buffer, _encoding, next) {
        sent += chunk.length;
        const rate = ((sent - offset) / (performance.now() - since)) * 1000;
        const left = rate > 0 ? `, ${formatSeconds((size - sent) / rate)} left` : '';
        line.update(
          `  uploading  ${bar(sent / size)}  ${formatBytes(sent)} of ${formatBytes(size)}, ${formatBytes(rate)}/s${left}`,
        );
        next(null, chunk);
      },
    });
    const content = createReadStream(path, { start: offset, highWaterMark: 1024 * 1024 }).pipe(count);
    try {
      version = await call.api.images.upload({ params, query: { offset } }, { content, signal: call.signal });
    } catch (error) {
      if (call.signal.aborted || error instanceof ProblemError || attempt >= attempts) throw error;
      line.end(`  the connection broke (${error instanceof CliFailure ? error.text.detail : error}); trying again`);
      await sleep(500 * 2 ** attempt, undefined, { signal: call.signal });
      version = await call.api.images.getVersion({ params });
    } finally {
      content.destroy();
    }
  }
  line.end();
  return version;
}
