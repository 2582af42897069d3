import { parseDuration } from './duration.ts';
import { type Expiry, parseExpiry } from './expiry.ts';
import { fault } from './fault-table.ts';
import type { XmlElement } from './xml-element.ts';
import { textOf, trimmedText } from './xml-node.ts';

/** A positive whole number in an element, null for no element. Throws SchemaValidationError. */
export function readPositive(node: XmlElement | null): number | null {
  if (!node) return null;
  const text = trimmedText(node);
  if (!/^\+?0*[1-9]\d{0,14}$/.test(text))
    throw fault('schemaValidationError', { reason: `${node.name} is no positive number` });
  return Number(text);
}

/** A duration above zero in milliseconds, null for no element. Throws SchemaValidationError. */
export function readDuration(node: XmlElement | null): number | null {
  if (!node) return null;
  const milliseconds = parseDuration(textOf(node));
  if (milliseconds === null || milliseconds <= 0)
    throw fault('schemaValidationError', { reason: `${node.name} is no duration above zero` });
  return milliseconds;
}

/** `Expires`; null for no element or an empty one. Throws the fault for a time that is none or is over. */
export function readExpires(node: XmlElement | null, of: 'enumeration' | 'subscription'): Expiry | null {
  if (!node || trimmedText(node) === '') return null;
  const expiry = parseExpiry(textOf(node));
  if (!expiry || (expiry.kind === 'after' && expiry.milliseconds <= 0))
    throw fault(of === 'enumeration' ? 'enumerateInvalidExpirationTime' : 'eventingInvalidExpirationTime');
  return expiry;
}
