import { z } from 'zod';

/**
 * States of a session in the directory. `connecting` is a pending connection: it counts in least-connections and expires.
 * `orphaned` is a session whose target was lost.
 */
export const sessionStateSchema = z.enum(['connecting', 'active', 'disconnected', 'logged-off', 'orphaned']);
export type SessionState = z.infer<typeof sessionStateSchema>;

/** States in which a session holds its user's place: one for each user and collection. */
export const liveSessionStates = ['connecting', 'active', 'disconnected'] as const satisfies readonly SessionState[];

/** TSSESSION_STATE of sessdirpublictypes.idl, as plug-ins know the states. */
export const sessionStateNumbers = {
  active: 0,
  connecting: 1,
  disconnected: 4,
  'logged-off': 7,
  orphaned: 8,
} as const satisfies Readonly<Record<SessionState, number>>;

/** A person on a target (ITsSbSession). */
export interface Session {
  readonly id: string;
  /** Name of the target. */
  readonly target: string;
  readonly targetId: string;
  readonly collection: string;
  readonly userId: string;
  readonly user: string;
  readonly domain: string;
  readonly state: SessionState;
  /** What the host calls it (xrdp's display, a Windows session number); null until the host told. */
  readonly hostSessionId: string | null;
  readonly createdAt: Date;
  readonly disconnectedAt: Date | null;
  readonly initialProgram: string;
  readonly clientDisplay: { readonly width: number; readonly height: number; readonly depth: number } | null;
  readonly clientAddress: string;
  readonly clientName: string;
}
