import { readdir } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { packPath } from '@atelier/trim';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { FetchResult } from '../fetch-types.ts';
import { type Lab, openLab } from './lab.ts';
import { sendFile } from './repository-server.ts';
import { requireStartable } from './require-startable.ts';

/** What tests of a server that fails share: a lab with version 1, which is fetched as `old` and must stay startable. */
export type FaultRounds = {
  readonly lab: Lab;
  /** path of version 1's pack */
  readonly pack: string;
  /** this test's name for what it fetches, and a number for other names */
  readonly name: string;
  readonly round: number;
  /** fetches version 1 under this test's name, with nothing at hand */
  readonly fetchFirst: () => Promise<FetchResult>;
  /** expects version 1's disk under this test's name, or none */
  readonly whole: () => Promise<void>;
  readonly absent: () => Promise<void>;
  /** answers with a file of the repository */
  readonly send: (
    path: string,
    range: readonly [number, number] | undefined,
    response: ServerResponse,
  ) => ReturnType<typeof sendFile>;
};

/** Whether a path of the repository is that of a pack, be it of blocks or of deltas. */
export const isPack = (path: string): boolean => path.startsWith('packs/') || path.startsWith('deltas/');

/** A TrimError with this code. */
export const code = (code: string) => expect.objectContaining({ code });

/** Registers the hooks of a test file: `first` becomes version 1, then `prepare` adds what else it needs. Each test is a round. */
export function faultRounds(first: Buffer, prepare: (lab: Lab) => Promise<unknown> = async () => {}): FaultRounds {
  let lab: Lab;
  let pack = '';
  let root = '';
  let round = 0;
  const name = () => `round-${round}`;
  beforeAll(async () => {
    lab = await openLab();
    const { manifest } = await lab.publish(1, first);
    pack = packPath(manifest.packs[0]?.digest ?? '');
    root = manifest.root;
    await prepare(lab);
    await lab.fetch('old', { version: 1 });
  });
  beforeEach(() => {
    lab.server.fault = undefined;
    lab.server.seen.length = 0;
    round++;
  });
  afterEach(() => requireStartable(lab.path('old'), root));
  afterAll(() => lab.close());
  return {
    get lab() {
      return lab;
    },
    get pack() {
      return pack;
    },
    get name() {
      return name();
    },
    get round() {
      return round;
    },
    fetchFirst: () =>
      lab.fetch(name(), { version: 1 }, [], {
        sources: { previous: [], partialDir: join(lab.folder, `partial-${round}`) },
      }),
    whole: async () => expect(Buffer.compare(await lab.disk(name()), first)).toBe(0),
    absent: async () => expect(await readdir(lab.folder)).not.toContain(`${name()}.raw`),
    send: (path, range, response) => sendFile(join(lab.repository, path), range, response),
  };
}
