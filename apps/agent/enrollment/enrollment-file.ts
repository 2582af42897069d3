import { join } from 'node:path';
import { z } from 'zod';
import { readIfThere, writeDurably } from '../state/durable-file.ts';

const enrollmentSchema = z.object({
  format: z.literal(1),
  server: z.string(),
  hostId: z.string(),
  /** PEM of the server's authority: whoever signs in with a certificate by it is looked at. */
  ca: z.string(),
  /** What this machine listens with, PEM. Together with the rest in one file, so that they always fit each other. */
  certificate: z.string(),
  privateKey: z.string(),
});

/** What makes this machine a host of a management server. */
export type Enrollment = z.infer<typeof enrollmentSchema>;

const pathIn = (stateFolder: string): string => join(stateFolder, 'enrollment.json');

/** The enrolment of this machine; null when there is none. Throws for a file that is damaged. */
export async function readEnrollment(stateFolder: string): Promise<Enrollment | null> {
  const path = pathIn(stateFolder);
  const text = await readIfThere(path);
  if (text === null) return null;
  try {
    return enrollmentSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${path} is damaged: enrol this machine again with a new token`, { cause });
  }
}

/** Keeps it with mode 0600, whole or not at all. */
export const writeEnrollment = (stateFolder: string, enrollment: Enrollment): Promise<void> =>
  writeDurably(pathIn(stateFolder), `${JSON.stringify(enrollment, null, 2)}\n`);
