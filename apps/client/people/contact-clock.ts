import { minutesOffline, type OfflineClock, type OfflineState, offlineState } from '@atelier/domain/workspaces';
import type { ClientDatabase } from '../state/client-database.ts';

/** Since when each person's policy has not been refreshed; on disk, and not to be fooled by setting the clock back. */
export interface ContactClock {
  /** The server has answered about this person just now. */
  contact(userId: string): void;
  /** Remembers how late it is already. Call it now and then. */
  touch(userIds: readonly string[]): void;
  read(userId: string): OfflineClock | undefined;
  state(userId: string, limitMinutes: number | null): OfflineState;
}

export function openContactClock(database: ClientDatabase, now = Date.now): ContactClock {
  const keyOf = (userId: string) => `contact:${userId}`;
  const read = (userId: string) => database.note<OfflineClock>(keyOf(userId));
  return {
    contact: (userId) => {
      const wall = now();
      const clock: OfflineClock = {
        highestWallTime: wall,
        wallTimeAtContact: wall,
      };
      database.setNote(keyOf(userId), clock);
    },
    touch: (userIds) => {
      const wall = now();
      for (const userId of userIds) {
        const clock = read(userId);
        if (clock && wall > clock.highestWallTime) database.setNote(keyOf(userId), { ...clock, highestWallTime: wall });
      }
    },
    read,
    state: (userId, limit) => {
      const clock = read(userId);
      // A grant without any contact on record: somebody removed the record.
      if (!clock) return limit === null ? 'fresh' : 'exceeded';
      return offlineState(limit, minutesOffline(clock, now()));
    },
  };
}
