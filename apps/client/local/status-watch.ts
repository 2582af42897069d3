import type { LocalStatus } from '@atelier/api';
import type { WatchHandler } from './local-server.ts';

/** Tells everybody who watches the whole status, at each change, five times a second at most. */
export interface StatusWatch {
  readonly handler: WatchHandler;
  changed(): void;
  stop(): void;
}

const leastMs = 200;
const keepAliveMs = 15_000;
const mostWatchers = 50;

export function openStatusWatch(status: () => Promise<LocalStatus>): StatusWatch {
  const watchers = new Set<{ write(text: string): void; end(): void }>();
  let timer: NodeJS.Timeout | undefined;
  let last = '';

  const tell = async () => {
    timer = undefined;
    if (watchers.size === 0) return;
    const text = JSON.stringify(await status());
    if (text === last) return;
    last = text;
    for (const watcher of watchers) watcher.write(`event: status\ndata: ${text}\n\n`);
  };
  const keepAlive = setInterval(() => {
    for (const watcher of watchers) watcher.write(': still here\n\n');
  }, keepAliveMs);

  return {
    handler: (request, response) => {
      if (watchers.size >= mostWatchers) {
        response.writeHead(503).end();
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      // One that does not read is let go rather than kept in memory.
      const write = (text: string) => {
        if (response.writableLength > 1_000_000) response.destroy();
        else response.write(text);
      };
      const watcher = { write, end: () => response.end() };
      watchers.add(watcher);
      request.once('close', () => watchers.delete(watcher));
      response.once('close', () => watchers.delete(watcher));
      status().then(
        (now) => write(`event: status\ndata: ${JSON.stringify(now)}\n\n`),
        () => response.destroy(),
      );
    },
    changed: () => {
      timer ??= setTimeout(() => void tell().catch(() => undefined), leastMs);
    },
    stop: () => {
      clearInterval(keepAlive);
      clearTimeout(timer);
      for (const watcher of watchers) watcher.end();
    },
  };
}
