import type { EventView } from '@atelier/api';
import i18next from 'i18next';
import { useT } from '../../i18n/use-t.ts';

/** The text of an event's catalogue entry in the person's language where we have it; the server speaks English. */
export function useEventTitle(
  part: 'title' | 'cause' | 'fix' = 'title',
): (event: Pick<EventView, 'code' | 'title' | 'cause' | 'fix'>) => string {
  useT();
  return (event) => {
    const key = `eventKinds.e${event.code}.${part}`;
    return i18next.exists(key) ? (i18next.t as unknown as (key: string) => string)(key) : event[part];
  };
}
