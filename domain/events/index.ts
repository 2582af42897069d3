export { type EventName, eventCatalogue, eventKind, eventKindByCode } from './catalogue.ts';
export { type QueuedEvent, queuedEventSchema, severitySchema } from './event.ts';
export type { EventKind, Severity } from './event-kind.ts';
