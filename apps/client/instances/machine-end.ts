import type { VmEnd } from '@atelier/adapters/qemu';
import { AtelierError } from '@atelier/domain/errors';
import type { Happening } from './happening.ts';
import type { InstanceError } from './instance-record.ts';

/** An error as the journal keeps it: its code and the sentence about this occurrence. */
export const errorOf = (error: unknown): InstanceError => ({
  code: error instanceof AtelierError ? error.code : 'server.internal',
  detail: (error instanceof Error ? error.message : String(error)).slice(0, 2000),
});

/** What the end of a machine that nobody asked for means: the guest was shut down from inside, or QEMU crashed. */
export function endOf(end: VmEnd): Happening {
  if (end.reason !== 'crashed') return { kind: 'machine-stopped' };
  const words = end.stderr.slice(-3).join(' | ') || 'without a word';
  const how = end.signal ? `signal ${end.signal}` : end.exitCode === null ? 'an unknown code' : `code ${end.exitCode}`;
  return { kind: 'machine-died', error: { code: 'vm.crashed', detail: `QEMU ended with ${how}: ${words}` } };
}
