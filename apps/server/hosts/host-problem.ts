import { isWinrmError } from '@atelier/adapters/winrm-client';
import { AtelierError } from '@atelier/domain/errors';
import type { HostState } from '@atelier/domain/hosts';
import { isWsmanFault, messageText } from '@atelier/wsman';

/** What a failed contact says of the host; null when it says nothing (the caller went, or the host answered with a fault). */
export function stateAfter(error: unknown): Exclude<HostState, 'new'> | null {
  if (isWsmanFault(error)) return 'reachable';
  if (isWinrmError(error, 'winrm.unreachable') || isWinrmError(error, 'winrm.timeout')) return 'unreachable';
  return isWinrmError(error) ? 'refused' : null;
}

/** The error for people: what the client or the host said, under the host's own codes. Others stay what they are. */
export function hostProblem(error: unknown, name: string): unknown {
  if (isWsmanFault(error)) {
    const { number, reason, subcode } = error.body;
    const text = reason ?? (number === undefined ? null : messageText(number, 'en')) ?? subcode;
    return new AtelierError('host.fault', `${name}: ${text}`, {
      cause: error,
      extra: { number: number ?? null, subcode },
    });
  }
  const state = stateAfter(error);
  if (state === null || !(error instanceof Error)) return error;
  const code = state === 'unreachable' ? 'host.unreachable' : 'host.refused';
  return new AtelierError(code, `${name}: ${error.message}`, { cause: error });
}

/** Runs `work` and throws its errors as {@link hostProblem}. */
export async function withHost<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw hostProblem(error, name);
  }
}
