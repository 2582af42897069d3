import { eventEndpoints } from '@atelier/api';
import { eventCatalogue } from '@atelier/domain/events';
import { z } from 'zod';
import { pageOf, readCursor } from '../http/page.ts';
import type { Capability } from '../services.ts';
import { eventView, selectEvents } from './event-list.ts';
import { statusRows, statusView } from './status-report.ts';

const statusCursor = z.tuple([z.string().max(200), z.string().max(40)]);

/** What happened: the list, the catalogue, and the status report. */
export const eventsCapability: Capability = async (routes, { db }) => {
  routes.json(eventEndpoints, {
    async list({ query }) {
      const before = readCursor(query.cursor, z.number().int());
      const rows = await selectEvents(db, query, before)
        .limit(query.limit + 1)
        .execute();
      return pageOf(rows, query.limit, (row) => row.seq, eventView);
    },
    async catalogue() {
      return { items: eventCatalogue.map((entry) => ({ ...entry })) };
    },
    async status({ query }) {
      const after = readCursor(query.cursor, statusCursor);
      const rows = await statusRows(db, query.days, after, query.limit + 1);
      return pageOf(rows, query.limit, (row) => [row.folded, row.id], statusView);
    },
  });
  return {};
};
