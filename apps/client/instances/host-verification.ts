import { execFile } from 'node:child_process';
import type { Policy } from '@atelier/domain/workspaces';
import type { InstanceError } from './instance-record.ts';

const timeoutMs = 60_000;

/**
 * Runs the policy's check of this computer (through `sh -c`, at most a minute). Gives why the workspace may not start:
 * null when the check passed, when there is none, or when the policy only wants it run.
 */
export function hostVerificationRefusal(
  check: Policy['general']['hostVerification'],
  signal: AbortSignal,
): Promise<InstanceError | null> {
  if (!check) return Promise.resolve(null);
  return new Promise((resolve, reject) => {
    execFile(
      '/bin/sh',
      ['-c', check.command],
      { timeout: timeoutMs, signal, maxBuffer: 64 * 1024 },
      (error, stdout, stderr) => {
        if (signal.aborted) return reject(signal.reason);
        if (!error || !check.blockOnFailure) return resolve(null);
        const words = `${stderr || stdout}`.trim().slice(-300);
        const how = error.killed ? 'took longer than a minute' : `ended with code ${error.code}`;
        resolve({ code: 'workspace.blocked', detail: `the check of this computer ${how}${words ? `: ${words}` : ''}` });
      },
    );
  });
}
