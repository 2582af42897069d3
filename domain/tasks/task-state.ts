import { z } from 'zod';

/** Long work: queued, then running under a lease, then one of three ends. */
export const taskStateSchema = z.enum(['queued', 'running', 'done', 'failed', 'cancelled']);
export type TaskState = z.infer<typeof taskStateSchema>;
