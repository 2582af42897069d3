import type { Overview } from '@atelier/api';
import { SimpleGrid, Skeleton } from '@mantine/core';
import { useMay } from '../../api/me.tsx';
import { useRead } from '../../api/query.ts';
import { formatBytes } from '../../components/format.ts';
import { Page } from '../../components/page.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { useLocale, useT } from '../../i18n/use-t.ts';
import { Attention } from './attention.tsx';
import { BrokerPanel } from './broker-panel.tsx';
import { Checks } from './checks.tsx';
import { CountCard } from './count-card.tsx';
import { FirstSteps } from './first-steps.tsx';
import { RecentEvents } from './recent-events.tsx';

function Counts({ data }: { data: Overview }) {
  const t = useT();
  const locale = useLocale();
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="md">
      <CountCard
        href="/images"
        title={t('nav.images')}
        value={data.images}
        note={t('overview.versions', {
          count: data.versionsAvailable,
          size: formatBytes(data.repositoryBytes, locale),
        })}
      />
      <CountCard
        href="/workspaces"
        title={t('nav.workspaces')}
        value={data.workspaces}
        note={t('overview.assignments', { count: data.assignments })}
      />
      <CountCard
        href="/endpoints"
        title={t('nav.endpoints')}
        value={data.endpoints.total}
        note={t('overview.online', { count: data.endpoints.online })}
      />
      <CountCard
        href="/people"
        title={t('nav.people')}
        value={data.users}
        note={t('overview.sessions', { count: data.instances.running })}
      />
    </SimpleGrid>
  );
}

/** Health, counts, what needs attention, what to do next. */
export function OverviewPage() {
  const t = useT();
  const may = useMay();
  const read = useRead('system', 'overview', undefined, { refetchInterval: 30_000 });
  return (
    <Page title={t('nav.overview')} equivalent={{ cli: ['atelier doctor'], api: 'GET /overview' }}>
      {read.error !== null && <ProblemAlert error={read.error} retry={() => read.refetch()} />}
      {read.isPending && (
        <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
          {[1, 2, 3, 4].map((one) => (
            <Skeleton key={one} height={112} radius="lg" />
          ))}
        </SimpleGrid>
      )}
      {read.data && (
        <>
          <FirstSteps data={read.data} />
          <Counts data={read.data} />
          {may('collection:read') && <BrokerPanel broker={read.data.broker} />}
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
            <Attention data={read.data} />
            <Checks data={read.data} />
          </SimpleGrid>
          <RecentEvents />
        </>
      )}
    </Page>
  );
}
