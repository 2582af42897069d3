import type { DesktopSession, SessionState } from '@atelier/api';
import { Anchor, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { useMay } from '../../api/me.tsx';
import { usePages } from '../../api/query.ts';
import { DataTable } from '../../components/data-table.tsx';
import { DetailDrawer } from '../../components/detail-drawer.tsx';
import { Empty } from '../../components/empty.tsx';
import { Time } from '../../components/time.tsx';
import { useT } from '../../i18n/use-t.ts';
import { MessageModal } from './message-modal.tsx';
import { SessionActions } from './session-actions.tsx';
import { SessionDetail } from './session-detail.tsx';
import { SessionStateBadge } from './session-state-badge.tsx';

export interface SessionFilter {
  readonly collection?: string;
  readonly user?: string;
  readonly state?: SessionState;
  readonly which?: 'live' | 'ended' | 'all';
}

/** Who is where, newest first, with what can be done to them; follows the change stream. */
export function SessionTable({ filter, filtered = false }: { filter: SessionFilter; filtered?: boolean }) {
  const t = useT();
  const may = useMay();
  const [message, setMessage] = useState<DesktopSession | null>(null);
  const [shown, setShown] = useState<DesktopSession | null>(null);
  const pages = usePages('desktopSessions', 'list', { query: { ...filter } });
  const detail = pages.rows.find((one) => one.id === shown?.id) ?? shown;
  return (
    <>
      <DataTable
        pages={pages}
        rowKey={(one) => one.id}
        caption={t('nav.desktopSessions')}
        onRow={setShown}
        empty={
          filtered ? (
            <Empty icon="search" title={t('common.noMatch')}>
              {t('common.noMatchText')}
            </Empty>
          ) : (
            <Empty icon="session" title={t('desktopSessions.empty')}>
              {t('desktopSessions.emptyText')}
            </Empty>
          )
        }
        columns={[
          {
            title: t('desktopSessions.person'),
            cell: (one) => (
              <Anchor component="button" type="button" fw={560} ta="start" onClick={() => setShown(one)}>
                {one.domain ? `${one.domain}\\${one.user}` : one.user}
              </Anchor>
            ),
          },
          {
            title: t('palette.target'),
            cell: (one) => (
              <div>
                {one.target.name}
                {!filter.collection && (
                  <Text size="sm" c="dimmed">
                    {may('collection:read') ? (
                      <Anchor component={Link} href={`/collections/${one.collection.id}`} c="dimmed">
                        {one.collection.name}
                      </Anchor>
                    ) : (
                      one.collection.name
                    )}
                  </Text>
                )}
              </div>
            ),
          },
          { title: t('common.state'), cell: (one) => <SessionStateBadge state={one.state} /> },
          {
            title: t('desktopSessions.since'),
            cell: (one) => <Time at={one.endedAt ?? one.disconnectedAt ?? one.createdAt} ago />,
          },
          {
            title: t('desktopSessions.from'),
            cell: (one) => (
              <div>
                {one.clientName || one.clientAddress || '—'}
                {one.clientName && one.clientAddress && (
                  <Text size="sm" c="dimmed">
                    {one.clientAddress}
                  </Text>
                )}
              </div>
            ),
          },
          {
            title: '',
            align: 'right',
            cell: (one) => <SessionActions session={one} message={() => setMessage(one)} />,
          },
        ]}
      />
      <MessageModal session={message} onClose={() => setMessage(null)} />
      <DetailDrawer
        opened={detail !== null}
        onClose={() => setShown(null)}
        title={detail ? t('desktopSessions.detail', { user: detail.user, target: detail.target.name }) : ''}
      >
        {detail && <SessionDetail session={detail} />}
      </DetailDrawer>
    </>
  );
}
