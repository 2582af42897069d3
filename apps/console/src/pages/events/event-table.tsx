import type { EventView } from '@atelier/api';
import { Anchor, Text } from '@mantine/core';
import { useState } from 'react';
import { usePages } from '../../api/query.ts';
import { DataTable } from '../../components/data-table.tsx';
import { DetailDrawer } from '../../components/detail-drawer.tsx';
import { Empty } from '../../components/empty.tsx';
import { Time } from '../../components/time.tsx';
import { useT } from '../../i18n/use-t.ts';
import { EventDetail } from './event-detail.tsx';
import { useEventTitle } from './event-title.ts';
import { SeverityBadge } from './severity-badge.tsx';

export interface EventFilter {
  readonly severity?: EventView['severity'];
  readonly category?: string;
  readonly source?: string;
  readonly user?: string;
  readonly workspace?: string;
  readonly since?: string;
  readonly until?: string;
  readonly correlationId?: string;
}

/** Events, newest first; a row opens cause and fix. */
export function EventTable({ fixed = {}, filtered = false }: { fixed?: EventFilter; filtered?: boolean }) {
  const t = useT();
  const titleOf = useEventTitle();
  const [open, setOpen] = useState<EventView | null>(null);
  const pages = usePages('events', 'list', { query: { ...fixed } });
  return (
    <>
      <DataTable
        pages={pages}
        rowKey={(event) => event.seq}
        caption={t('nav.events')}
        onRow={setOpen}
        empty={
          filtered ? (
            <Empty icon="search" title={t('common.noMatch')}>
              {t('common.noMatchText')}
            </Empty>
          ) : (
            <Empty icon="event" title={t('events.empty')}>
              {t('events.emptyText')}
            </Empty>
          )
        }
        columns={[
          {
            title: t('events.event'),
            cell: (event) => (
              <div style={{ minWidth: 0 }}>
                <Anchor component="button" type="button" ta="start" onClick={() => setOpen(event)}>
                  {titleOf(event)}
                </Anchor>
                {event.detail && (
                  <Text size="sm" c="dimmed" lineClamp={2}>
                    {event.detail}
                  </Text>
                )}
              </div>
            ),
          },
          { title: t('events.severity'), cell: (event) => <SeverityBadge severity={event.severity} /> },
          { title: t('events.source'), cell: (event) => event.source },
          { title: t('events.user'), cell: (event) => event.userName },
          { title: t('workspaces.workspace'), cell: (event) => event.workspace ?? '—' },
          { title: t('events.received'), cell: (event) => <Time at={event.receivedAt} /> },
        ]}
      />
      <DetailDrawer opened={open !== null} onClose={() => setOpen(null)} title={open ? titleOf(open) : ''}>
        {open && <EventDetail event={open} />}
      </DetailDrawer>
    </>
  );
}
