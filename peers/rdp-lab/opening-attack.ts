import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** What an attacking process is told. */
export interface AttackOrder {
  readonly port: number;
  readonly seed: number;
  /** Openings whose bytes come before TLS, and such whose bytes come behind it. */
  readonly plain: number;
  readonly behindTls: number;
  /** Connections at a time, those that only wait not counted. */
  readonly inFlight: number;
  /** At most so many begin in a second; null: as fast as it goes. */
  readonly perSecond: number | null;
  /** Some say what they say and stay, until the broker loses its patience. */
  readonly stay: boolean;
  /** One address for all of them; null: each from another one, so that no back-off stands before what reads them. */
  readonly from: string | null;
}

/** What it saw. */
export interface AttackResult {
  readonly made: number;
  /** Closed by the broker without an answer. */
  readonly closed: number;
  /** Got an answer, such as the beginning of TLS. */
  readonly answered: number;
  /** Stayed and said nothing more, until the broker closed: milliseconds that the longest took, of those whose opening it did not take, and of the others. */
  readonly waited: number;
  readonly longestOpeningMs: number;
  readonly longestSignInMs: number;
  /** Could not be connected at all. */
  readonly unconnected: number;
  /** Until all had been said, behind TLS and in all; until the last one was closed. */
  readonly behindTlsMs: number;
  readonly saidMs: number;
  readonly ms: number;
}

/** Starts an attack in a process of its own: what it costs is not the test's. */
export function startAttack(order: AttackOrder): { readonly done: Promise<AttackResult>; stop(): Promise<void> } {
  const child: ChildProcess = spawn(
    process.execPath,
    [join(import.meta.dirname, 'opening-attacker.ts'), JSON.stringify(order)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'exit');
  const said = text(child.stdout!);
  return {
    done: (async () => {
      const [code] = await ended;
      if (code !== 0) throw new Error(`the attacker ended with ${code}`);
      return JSON.parse(await said) as AttackResult;
    })(),
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Starts something else to attack, for comparing. */
export async function startSink(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'opening-sink.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [said] = (await once(child.stdout!, 'data')) as [Buffer];
  return {
    port: Number(said),
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
