import type { BrokerConnection } from '@atelier/api';
import { Anchor, Text } from '@mantine/core';
import { Link, useLocation } from 'wouter';
import { usePages } from '../../api/query.ts';
import { DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/empty.tsx';
import { Time } from '../../components/time.tsx';
import { useLocale, useT } from '../../i18n/use-t.ts';
import { DecisionOutcomeBadge } from './decision-outcome-badge.tsx';
import { formatMs } from './format-ms.ts';
import { failureText } from './known-text.ts';

export interface DecisionFilter {
  readonly user?: string;
  readonly collection?: string;
  readonly outcome?: BrokerConnection['outcome'];
  readonly sessionId?: string;
  readonly from?: string;
}

/** Attempts to connect, newest first; a row opens the trace. */
export function DecisionTable({ filter, filtered = false }: { filter: DecisionFilter; filtered?: boolean }) {
  const t = useT();
  const locale = useLocale();
  const [, go] = useLocation();
  const pages = usePages('broker', 'listConnections', { query: { ...filter } });
  return (
    <DataTable
      pages={pages}
      rowKey={(one) => one.id}
      caption={t('nav.decisions')}
      onRow={(one) => go(`/decisions/${one.id}`)}
      empty={
        filtered ? (
          <Empty icon="search" title={t('common.noMatch')}>
            {t('common.noMatchText')}
          </Empty>
        ) : (
          <Empty icon="decision" title={t('decisions.empty')}>
            {t('decisions.emptyText')}
          </Empty>
        )
      }
      columns={[
        {
          title: t('desktopSessions.person'),
          cell: (one) => (
            <div>
              <Anchor component={Link} href={`/decisions/${one.id}`} fw={560}>
                {one.user}
              </Anchor>
              {!filter.collection && (
                <Text size="sm" c="dimmed">
                  {one.collection}
                </Text>
              )}
            </div>
          ),
        },
        {
          title: t('decisions.outcome'),
          cell: (one) => (
            <div>
              <DecisionOutcomeBadge outcome={one.outcome} />
              {one.failure && one.outcome !== 'cancelled' && (
                <Text size="sm" c="dimmed">
                  {failureText(one.failure, 'title') ?? one.failure}
                </Text>
              )}
            </div>
          ),
        },
        { title: t('decisions.target'), cell: (one) => one.target ?? '—' },
        { title: t('decisions.took'), align: 'right', cell: (one) => `${formatMs(one.totalMs, locale)} ms` },
        { title: t('decisions.client'), cell: (one) => one.clientName || one.clientAddress || '—' },
        { title: t('decisions.when'), cell: (one) => <Time at={one.at} ago /> },
      ]}
    />
  );
}
