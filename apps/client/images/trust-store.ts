import { readFile } from 'node:fs/promises';
import { writeDurably } from '@atelier/adapters/durable-file';
import { pinRoot, type TrustState, trustedRoot } from '@atelier/trim';
import { z } from 'zod';

const trustSchema = z.object({ root: z.string(), seen: z.record(z.string(), z.number()) });

/** What this computer has learnt to trust about the repository; only ever grows. */
export interface TrustStore {
  read(): Promise<TrustState>;
  /** Keeps what was learnt; several transfers may learn at once. */
  learn(trust: TrustState): Promise<void>;
  /** Starts over from the root that enrolment gave. Throws TrimError when it is not a good one. */
  pin(rootText: string): Promise<void>;
}

export function openTrustStore(path: string): TrustStore {
  let turn: Promise<unknown> = Promise.resolve();
  const read = async (): Promise<TrustState> => trustSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  const write = (trust: TrustState) => writeDurably(path, `${JSON.stringify(trust)}\n`);
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const next = turn.then(work);
    turn = next.catch(() => undefined);
    return next;
  };
  return {
    read,
    learn: (trust) =>
      inTurn(async () => {
        const before = await read();
        const seen = { ...before.seen };
        for (const [image, counter] of Object.entries(trust.seen)) seen[image] = Math.max(counter, seen[image] ?? 0);
        const newer = trustedRoot(trust).version > trustedRoot(before).version;
        await write({ root: newer ? trust.root : before.root, seen });
      }),
    pin: (rootText) => inTurn(() => write(pinRoot(rootText))),
  };
}
