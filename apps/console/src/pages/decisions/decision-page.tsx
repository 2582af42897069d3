import { Anchor, SimpleGrid, Skeleton } from '@mantine/core';
import { Link } from 'wouter';
import { useMay } from '../../api/me.tsx';
import { useRead } from '../../api/query.ts';
import { Facts } from '../../components/facts.tsx';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { Time } from '../../components/time.tsx';
import { useLocale, useT } from '../../i18n/use-t.ts';
import { DecisionOutcomeBadge } from './decision-outcome-badge.tsx';
import { FailureAlert } from './failure-alert.tsx';
import { formatMs } from './format-ms.ts';
import { RemovedList } from './removed-list.tsx';
import { TraceTimeline } from './trace-timeline.tsx';

/** One attempt to connect: what led to the decision, step by step. */
export function DecisionPage({ id }: { id: string }) {
  const t = useT();
  const locale = useLocale();
  const may = useMay();
  // It never changes once it is written.
  const read = useRead('broker', 'getConnection', { params: { id } }, { staleTime: Number.POSITIVE_INFINITY });
  if (read.error !== null) return <ProblemAlert error={read.error} retry={() => read.refetch()} />;
  const one = read.data;
  if (!one) return <Skeleton height={260} radius="lg" aria-label={t('common.loading')} />;
  const { trace } = one;
  const person = one.domain ? `${one.domain}\\${one.user}` : one.user;
  return (
    <Page
      title={t('decisions.title', { user: person, collection: one.collection || '—' })}
      parent={{ title: t('nav.decisions'), href: '/decisions' }}
      about={<DecisionOutcomeBadge outcome={one.outcome} />}
      equivalent={{ cli: [`atelier broker trace ${id}`], api: `GET /broker/connections/${id}` }}
    >
      {one.failure && <FailureAlert failure={one.failure} />}
      <div className="card" style={{ padding: 20 }}>
        <Facts
          items={[
            [t('decisions.chosen'), one.target ?? trace.chosen ?? t('decisions.nobodyChosen')],
            [t('decisions.took'), `${formatMs(one.totalMs, locale)} ms`],
            [t('decisions.when'), <Time key="w" at={one.at} />],
            [
              t('desktopSessions.person'),
              one.userId && may('people:read') ? (
                <Anchor key="p" component={Link} href={`/people/users/${one.userId}`}>
                  {person}
                </Anchor>
              ) : (
                person
              ),
            ],
            [t('decisions.client'), [one.clientName, one.clientAddress].filter(Boolean).join(' · ') || null],
            [
              t('decisions.session'),
              one.sessionId && (
                <span key="s" className="mono">
                  {one.sessionId}
                </span>
              ),
            ],
          ]}
        />
      </div>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md" className="trace-grid">
        <Panel title={t('decisions.removed')}>
          <RemovedList trace={trace} />
        </Panel>
        <Panel title={t('decisions.steps')}>
          <TraceTimeline trace={trace} />
        </Panel>
      </SimpleGrid>
    </Page>
  );
}
