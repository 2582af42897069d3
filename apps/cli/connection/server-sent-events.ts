import type { OpenAnswer } from './https-transport.ts';

/** One event of a stream. */
export interface StreamedEvent {
  readonly event: string;
  readonly data: string;
}

const lineLimit = 4 * 1024 * 1024;

/** Splits the text of an event stream (WHATWG HTML §9.2.6) into events; comments and unknown fields are skipped. */
export async function* parseEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<StreamedEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  let event = 'message';
  let data: string[] = [];
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split(/\r?\n/);
    rest = lines.pop()!;
    if (rest.length > lineLimit) throw new Error('a line of the event stream is longer than 4 MiB');
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield { event, data: data.join('\n') };
        event = 'message';
        data = [];
      } else if (line.startsWith('event:')) event = line.slice(6).trim();
      else if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''));
    }
  }
}

/** Follows the event stream at `path` until it ends or `signal` is aborted. */
export async function* followEvents(
  open: OpenAnswer,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<StreamedEvent> {
  const answer = await open({ method: 'GET', path, headers: { accept: 'text/event-stream' }, signal });
  if (answer.statusCode !== 200) {
    answer.resume();
    throw new Error(`the event stream answered ${answer.statusCode}`);
  }
  yield* parseEvents(answer);
}
