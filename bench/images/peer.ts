import type { Timed } from './timed-run.ts';

export type CaseName = 'empty→v1' | 'v1→v2' | 'v2→v3' | 'usr→v1';
export const caseNames: readonly CaseName[] = ['empty→v1', 'v1→v2', 'v2→v3', 'usr→v1'];

/** Where a peer finds things: the disks, a folder that the web server serves, and room of its own. */
export interface Bench {
  readonly disk: (version: number) => string;
  readonly served: string;
  readonly scratch: string;
  /** after which a fetch is stopped */
  readonly limitSeconds: number;
}

/** One way to deliver a disk image, as whole programs. */
export interface Peer {
  readonly name: string;
  /** Makes what the server serves for versions 1 to 3; gives what packing each of them took, nothing where there is no packing. */
  prepare(bench: Bench): Promise<readonly Timed[]>;
  /** Fetches into a fresh file, which the caller compares and removes; null when the peer cannot do this case. */
  fetch(
    bench: Bench,
    name: CaseName,
    port: number,
    target: string,
  ): Promise<(Timed & { readonly wireBytes?: number }) | null>;
}

/** The version that a case ends with, and the one that it starts with. */
export const versionsOf = (name: CaseName): { readonly to: number; readonly from: number | null } =>
  ({
    'empty→v1': { to: 1, from: null },
    'v1→v2': { to: 2, from: 1 },
    'v2→v3': { to: 3, from: 2 },
    'usr→v1': { to: 1, from: null },
  })[name];
