import { join } from 'node:path';
import { readIfThere, writeDurably } from '@atelier/adapters/durable-file';

/** What makes this machine a host of a management server. */
export interface Enrollment {
  readonly format: 1;
  readonly server: string;
  readonly hostId: string;
  /** PEM of the server's authority: whoever signs in with a certificate by it is looked at. */
  readonly ca: string;
  /** What this machine listens with, PEM. Together with the rest in one file, so that they always fit each other. */
  readonly certificate: string;
  readonly privateKey: string;
}

const fields = ['server', 'hostId', 'ca', 'certificate', 'privateKey'] as const;

function isEnrollment(value: unknown): value is Enrollment {
  if (typeof value !== 'object' || value === null) return false;
  const found = value as Record<string, unknown>;
  return found.format === 1 && fields.every((one) => typeof found[one] === 'string');
}

const pathIn = (stateFolder: string): string => join(stateFolder, 'enrollment.json');

/** The enrolment of this machine; null when there is none. Throws for a file that is damaged. */
export async function readEnrollment(stateFolder: string): Promise<Enrollment | null> {
  const path = pathIn(stateFolder);
  const text = await readIfThere(path);
  if (text === null) return null;
  const damaged = (cause?: unknown) =>
    new Error(`${path} is damaged: enrol this machine again with a new token`, { cause });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw damaged(cause);
  }
  if (!isEnrollment(value)) throw damaged();
  return value;
}

/** Keeps it with mode 0600, whole or not at all. */
export const writeEnrollment = (stateFolder: string, enrollment: Enrollment): Promise<void> =>
  writeDurably(pathIn(stateFolder), `${JSON.stringify(enrollment, null, 2)}\n`);
