import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startVirtualDisplay } from '../support/virtual-display.ts';
import type { LabProgram } from './freerdp3.ts';
import { pixelAt } from './xwd.ts';

/** An RDP client with a screen of its own. */
export interface RdpClient {
  /** The colour at a place of the screen, 0xRRGGBB. */
  pixel(x: number, y: number): Promise<number>;
  /** Where a colour begins in a row of the screen, from `x` on; -1: nowhere. */
  find(colour: number, x: number, y: number): Promise<number>;
  /** Waits until the place has one of the colours; gives which, with the milliseconds since the client was started. */
  sees(colours: readonly number[], withinMs?: number): Promise<{ readonly colour: number; readonly ms: number }>;
  /** Presses keys, by X's names for them. */
  press(...keys: readonly string[]): Promise<void>;
  /** Presses the left button at a place of the screen. */
  click(x: number, y: number): Promise<void>;
  /** Milliseconds since it was started. */
  age(): number;
  /** Waits for its end; gives the exit code. */
  readonly ended: Promise<number | null>;
  /** All that it printed so far. */
  output(): string;
  /** Ends it, without log-off: the window is closed. */
  close(): Promise<void>;
}

/** Where desktops are looked at: away from the corners, within the smallest window that tests use. */
const place = { x: 300, y: 330 };
const screen = { width: 1100, height: 820 };

/** Starts `xfreerdp`, or another client, in a namespace of the lab; `more` goes into its environment. */
export async function startRdpClient(
  namespace: string,
  words: readonly string[],
  more: Readonly<Record<string, string>> = {},
  program: LabProgram = { path: 'xfreerdp', env: {} },
): Promise<RdpClient> {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-rdp-'));
  const display = await startVirtualDisplay(`${screen.width}x${screen.height}x24`, folder);
  const begun = performance.now();
  const client = spawn('ip', ['netns', 'exec', namespace, program.path, ...words], {
    env: { PATH: process.env.PATH, HOME: folder, DISPLAY: display.name, LANG: 'C.UTF-8', ...program.env, ...more },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  client.stdin.on('error', () => {}).end(program.input);
  let printed = '';
  for (const stream of [client.stdout, client.stderr])
    stream.on('data', (chunk) => {
      printed = `${printed}${chunk}`.slice(-100_000);
    });
  const ended = once(client, 'exit').then(([code]) => code as number | null);
  const picture = () => readFile(join(folder, 'Xvfb_screen0'));
  const pixel = async (x: number, y: number) => pixelAt(await picture(), x, y);
  const xdotool = async (...orders: readonly string[]) => {
    await promisify(execFile)('xdotool', orders, { env: { PATH: process.env.PATH, DISPLAY: display.name } });
  };
  return {
    pixel,
    async find(colour, from, y) {
      const seen = await picture();
      for (let x = from; x < screen.width; x++) if (pixelAt(seen, x, y) === colour) return x;
      return -1;
    },
    async sees(colours, withinMs = 30_000) {
      for (let seen = -1; ; await pause(30)) {
        seen = await pixel(place.x, place.y);
        const ms = performance.now() - begun;
        if (colours.includes(seen)) return { colour: seen, ms };
        if (ms > withinMs || client.exitCode !== null)
          throw new Error(
            `the client shows #${seen.toString(16)} after ${Math.round(ms)} ms and printed: ${printed.slice(-3000)}`,
          );
      }
    },
    press: (...keys) => xdotool('mousemove', '20', '20', 'key', '--delay', '60', ...keys),
    click: (x, y) => xdotool('mousemove', String(x), String(y), 'click', '1'),
    age: () => performance.now() - begun,
    ended,
    output: () => printed,
    async close() {
      client.kill('SIGTERM');
      await ended;
      await display.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
