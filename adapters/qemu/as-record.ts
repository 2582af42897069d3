import { AtelierError } from '@atelier/domain/errors';

/** The answer as an object; anything else is a guest that does not keep to the protocol. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new AtelierError('vm.agent-protocol', 'the guest agent answered with something else than an object');
}
