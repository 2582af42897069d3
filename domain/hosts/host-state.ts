import { z } from 'zod';

/** A machine that is managed by WS-Management, as the server last found it. */
export const hostStateSchema = z.enum([
  /** Registered, not contacted yet. */
  'new',
  'reachable',
  /** Nothing answers at its address. */
  'unreachable',
  /** It answers, but refuses our credentials or we refuse its certificate. */
  'refused',
]);
export type HostState = z.infer<typeof hostStateSchema>;
