import type { ArrivedEvent } from '@atelier/adapters/postgres';
import { eventKind, type Severity } from '@atelier/domain/events';
import { attribute, child, ns, trimmedText, type XmlElement } from '@atelier/wsman';

const longestText = 4000;

const severityOf = (level: number): Severity =>
  level === 1 || level === 2 ? 'error' : level === 3 ? 'warning' : 'info';

/** An event of a host before it is counted. */
export type HostEvent = Omit<ArrivedEvent, 'source' | 'hostName'>;

/** What is written down for events that a host left out. */
export function droppedEvent(hostName: string, count: number): HostEvent {
  const { code, name, category, severity } = eventKind('host.events-dropped');
  const description = `${hostName} left out ${count > 0 ? `${count} events` : 'events'}`;
  return { code, name, category, severity, description, clientTime: new Date(), userName: 'SYSTEM', data: { count } };
}

/** What an event of Windows' event log (`http://schemas.microsoft.com/win/2004/08/events/event`) says. */
export function readHostEvent(event: XmlElement): HostEvent {
  const within = (parent: XmlElement | null, name: string) => parent && child(parent, ns.event, name);
  const text = (parent: XmlElement | null, name: string): string | null => {
    const found = within(parent, name);
    return found ? trimmedText(found).slice(0, longestText) || null : null;
  };
  const system = within(event, 'System');
  const value = (name: string, of: string): string | null => {
    const found = within(system, name);
    return (found && attribute(found, '', of)?.slice(0, longestText)) ?? null;
  };
  const number = (name: string): number | null => {
    const found = Number(text(system, name) ?? Number.NaN);
    return Number.isSafeInteger(found) ? found : null;
  };
  const time = Date.parse(value('TimeCreated', 'SystemTime') ?? '');
  const { code, name, category } = eventKind('host.event');
  return {
    code,
    name,
    category,
    severity: severityOf(number('Level') ?? 0),
    description: text(within(event, 'RenderingInfo'), 'Message') ?? text(event, 'EventData') ?? '',
    clientTime: Number.isNaN(time) ? new Date() : new Date(time),
    userName: value('Security', 'UserID') ?? 'SYSTEM',
    data: {
      channel: text(system, 'Channel'),
      provider: value('Provider', 'Name'),
      eventId: number('EventID'),
      recordId: number('EventRecordID'),
      computer: text(system, 'Computer'),
    },
  };
}
