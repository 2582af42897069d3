import { useSyncExternalStore } from 'react';
import { api } from '../../api/client.ts';
import { sendPiece } from './send-piece.ts';

export interface Upload {
  readonly key: string;
  readonly image: string;
  readonly version: number;
  readonly fileName: string;
  readonly total: number;
  readonly sent: number;
  readonly state: 'sending' | 'waiting' | 'failed';
  readonly error: unknown;
  /** Bytes per second, over the last pieces. */
  readonly rate: number;
}

const pieceBytes = 32 * 1024 * 1024;
let uploads: readonly Upload[] = [];
const files = new Map<string, { file: File; stop: AbortController }>();
const listeners = new Set<() => void>();

const set = (next: readonly Upload[]) => {
  uploads = next;
  for (const listener of listeners) listener();
};
const change = (key: string, fields: Partial<Upload>) =>
  set(uploads.map((one) => (one.key === key ? { ...one, ...fields } : one)));
const keepPage = (event: BeforeUnloadEvent) => event.preventDefault();

/** Uploads of this browser tab. They go on while the person looks at other pages. */
export const useUploads = (): readonly Upload[] =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => uploads,
  );

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });

/** Sends what the server still lacks, piece by piece; after a broken connection it asks where to go on. Never gives up on the network, does on a refusal. */
async function send(key: string): Promise<void> {
  const { file, stop } = files.get(key)!;
  const { image, version } = uploads.find((one) => one.key === key)!;
  const params = { name: image, number: version };
  let wait = 1000;
  while (!stop.signal.aborted) {
    try {
      let { receivedBytes } = await api.images.getVersion({ params }, { signal: stop.signal });
      change(key, { sent: receivedBytes, state: 'sending' });
      while (receivedBytes < file.size) {
        const started = performance.now();
        const from = receivedBytes;
        receivedBytes = await sendPiece({
          ...params,
          offset: from,
          piece: file.slice(from, from + pieceBytes),
          signal: stop.signal,
          onProgress: (bytes) =>
            change(key, { sent: from + bytes, rate: (bytes / Math.max(performance.now() - started, 1)) * 1000 }),
        });
        wait = 1000;
        change(key, { sent: receivedBytes });
      }
      forget(key);
      return;
    } catch (error) {
      if (stop.signal.aborted) return;
      const refused = (error as { problem?: { status: number } }).problem;
      if (refused && refused.status < 500) {
        change(key, { state: 'failed', error });
        return;
      }
      change(key, { state: 'waiting', error });
      await pause(wait, stop.signal);
      wait = Math.min(wait * 2, 30_000);
    }
  }
}

function forget(key: string): void {
  files.get(key)?.stop.abort();
  files.delete(key);
  set(uploads.filter((one) => one.key !== key));
  if (uploads.length === 0) removeEventListener('beforeunload', keepPage);
}

/** Begins, or continues, sending a file into a draft version. */
export function startUpload(image: string, version: number, file: File): void {
  const key = `${image}/${version}`;
  if (files.has(key)) forget(key);
  files.set(key, { file, stop: new AbortController() });
  set([
    ...uploads,
    { key, image, version, fileName: file.name, total: file.size, sent: 0, state: 'sending', error: null, rate: 0 },
  ]);
  addEventListener('beforeunload', keepPage);
  void send(key);
}

/** Stops an upload; what the server has stays there, so it can be continued. */
export const stopUpload = forget;
