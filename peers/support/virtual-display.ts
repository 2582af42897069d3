import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

/** An X server without a screen, for programs that want a display. */
export interface VirtualDisplay {
  /** For the environment: `:99`. */
  readonly name: string;
  stop(): Promise<void>;
}

/** Starts Xvfb on a free display. It keeps its picture in `pictureFolder`, file `Xvfb_screen0` in XWD format, when that is given. */
export async function startVirtualDisplay(size = '640x480x24', pictureFolder?: string): Promise<VirtualDisplay> {
  const picture = pictureFolder === undefined ? [] : ['-fbdir', pictureFolder];
  // Without -noreset the server starts again whenever its last client leaves, and turns away whoever comes in that moment.
  const server = spawn('Xvfb', ['-displayfd', '3', '-noreset', '-screen', '0', size, '-nolisten', 'tcp', ...picture], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const ended = once(server, 'exit');
  const number = await Promise.race([
    once(server.stdio[3] as Readable, 'data').then(([chunk]) => String(chunk).trim()),
    ended.then(([code]) => {
      throw new Error(`Xvfb ended with ${code}`);
    }),
  ]);
  return {
    name: `:${number}`,
    async stop() {
      server.kill('SIGTERM');
      await ended;
    },
  };
}
