import { z } from 'zod';

const name = z.string().min(1).max(256);
const change = z.object({ what: z.enum(['log-on', 'log-off']), user: name, hostSessionId: name });
const session = z.object({ user: name, hostSessionId: name, state: z.enum(['active', 'disconnected']) });

/** What a host tells of its desktop sessions: changes, oldest first; all that there are, or null when it says nothing about the others. */
export const hostReportSchema = z.object({
  changes: z.array(change).max(500),
  sessions: z.array(session).max(5000).nullable(),
});
export type HostReport = z.infer<typeof hostReportSchema>;
export type HostSessionSeen = z.infer<typeof session>;

/** Octets of a report at most. */
export const largestReport = 1024 * 1024;
