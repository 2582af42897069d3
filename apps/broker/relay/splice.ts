import type { Socket } from 'node:net';
import type { ReusedMemory } from './reused-memory.ts';

/** What went through, in bytes, and who ended it. */
export interface SpliceEnd {
  readonly endedBy: 'client' | 'target';
  /** The side that ended it did so by an error: reset, timed out. */
  readonly broken: boolean;
  readonly toClient: number;
  readonly toTarget: number;
  readonly ms: number;
}

/** A splice under way. */
export interface Splice {
  readonly toClient: number;
  /** On the clock of `performance.now()`. */
  readonly begun: number;
  readonly done: Promise<SpliceEnd>;
  cut(): void;
}

/** After one side said its last, the other has this long. */
const lingerMs = 5000;

/**
 * Carries bytes between two sockets without looking at them: a side that does not take them stops the other from being read. Half-closes are passed
 * on. Nothing is kept but what the kernel gave last. Both sockets are open, paused, and have a listener for errors. `memory`: what the target's bytes
 * come by; the client must be a plain socket then, of which it is known when it has written them.
 */
export function splice(
  client: Socket,
  target: Socket,
  first: { readonly toClient: Buffer; readonly toTarget: Buffer },
  memory: ReusedMemory | null = null,
): Splice {
  const begun = performance.now();
  let toClient = 0;
  let toTarget = 0;
  let endedBy: SpliceEnd['endedBy'] | null = null;
  let broken = false;
  let linger: NodeJS.Timeout | undefined;

  const onClientData = (chunk: Buffer) => {
    toTarget += chunk.length;
    if (!target.write(chunk)) client.pause();
  };
  const onTargetData = (chunk: Buffer) => {
    toClient += chunk.length;
    if (!client.write(chunk)) target.pause();
  };
  let held = false;
  const onWritten = () => {
    if (!held || client.writableLength > 0) return;
    held = false;
    target.resume();
  };
  const takeFromTarget = (bytes: Buffer): boolean => {
    toClient += bytes.length;
    client.write(bytes, onWritten);
    // What the kernel did not take at once still lies in the memory.
    held = client.writableLength > 0;
    return !held;
  };
  const cut = () => {
    client.destroy();
    target.destroy();
  };
  const done = new Promise<SpliceEnd>((resolve) => {
    let open = 2;
    const ending = (from: Socket, hadError: boolean) => {
      if (endedBy !== null) return;
      endedBy = from === client ? 'client' : 'target';
      broken = hadError;
    };
    const watch = (from: Socket, to: Socket) => {
      from.on('end', () => {
        ending(from, false);
        // When the other side has said its last and was told all, there is nothing left but to hang up.
        if (to.readableEnded && to.writableLength === 0) to.destroy();
        else to.end();
        linger ??= setTimeout(cut, lingerMs);
      });
      from.on('close', (hadError: boolean) => {
        ending(from, hadError);
        // What is still to be written goes out first, unless the other side is broken too.
        if (hadError) to.destroy();
        else if (!to.writableEnded) to.end();
        linger ??= setTimeout(cut, lingerMs);
        open -= 1;
        if (open > 0) return;
        clearTimeout(linger);
        // Node's half of a closed socket outlives many collections: what listened to it must not stay with it.
        client.removeAllListeners();
        target.removeAllListeners();
        resolve({ endedBy: endedBy ?? 'client', broken, toClient, toTarget, ms: performance.now() - begun });
      });
    };
    watch(client, target);
    watch(target, client);
  });
  client.on('data', onClientData).on('drain', () => target.resume());
  target.on('drain', () => client.resume());
  if (memory) memory.giveTo(takeFromTarget);
  else target.on('data', onTargetData);
  client.resume();
  target.resume();
  if (first.toTarget.length > 0) onClientData(first.toTarget);
  if (first.toClient.length > 0) onTargetData(first.toClient);
  return {
    get toClient() {
      return toClient;
    },
    begun,
    done,
    cut,
  };
}
