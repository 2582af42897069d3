import { AtelierError } from '@atelier/domain/errors';
import { asRecord } from './as-record.ts';
import type { GuestAgentLink } from './guest-agent-link.ts';

/** Bytes moved by one command: the agent holds a whole command in memory, the line is slow under software translation. */
const chunkBytes = 256 * 1024;

/** Reads a file of the guest through its agent. Throws `vm.agent-failed` when it is longer than `limitBytes`. */
export async function readGuestFile(
  link: GuestAgentLink,
  path: string,
  limitBytes: number,
  signal?: AbortSignal,
): Promise<Buffer> {
  const handle = await link.call('guest-file-open', { path, mode: 'r' }, { signal });
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for (;;) {
      const read = asRecord(await link.call('guest-file-read', { handle, count: chunkBytes }, { signal }));
      const part = Buffer.from(String(read['buf-b64'] ?? ''), 'base64');
      length += part.length;
      if (length > limitBytes) {
        throw new AtelierError('vm.agent-failed', `"${path}" in the guest is longer than ${limitBytes} bytes`);
      }
      parts.push(part);
      if (read.eof === true) return Buffer.concat(parts);
      if (part.length === 0) throw new AtelierError('vm.agent-protocol', `reading "${path}" in the guest stands still`);
    }
  } finally {
    await link.call('guest-file-close', { handle }).catch(() => undefined);
  }
}

/** Writes a file of the guest through its agent, and has the guest sync it. */
export async function writeGuestFile(
  link: GuestAgentLink,
  path: string,
  content: string | Uint8Array | AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  const handle = await link.call('guest-file-open', { path, mode: 'w' }, { signal });
  try {
    for await (const chunk of chunks(content)) await writeAll(link, handle, chunk, signal);
    await link.call('guest-file-flush', { handle }, { signal });
  } finally {
    await link.call('guest-file-close', { handle }).catch(() => undefined);
  }
}

/** The agent may write less than it was given, as write(2) may. */
async function writeAll(link: GuestAgentLink, handle: unknown, chunk: Uint8Array, signal?: AbortSignal): Promise<void> {
  let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  while (rest.length > 0) {
    const done = asRecord(
      await link.call('guest-file-write', { handle, 'buf-b64': rest.toString('base64') }, { signal }),
    );
    const count = Number(done.count);
    if (!(count > 0 && count <= rest.length)) {
      throw new AtelierError('vm.agent-protocol', `the guest says that it wrote ${String(done.count)} bytes`);
    }
    rest = rest.subarray(count);
  }
}

async function* chunks(content: string | Uint8Array | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const whole = typeof content === 'string' || content instanceof Uint8Array;
  const source = whole ? [Buffer.from(content as string)] : content;
  for await (const part of source) {
    for (let at = 0; at < part.length; at += chunkBytes) yield part.subarray(at, at + chunkBytes);
  }
}
