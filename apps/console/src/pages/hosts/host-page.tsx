import { Alert, List, Skeleton, Stack, Text } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useLocation } from 'wouter';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/me.tsx';
import { useRead } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { Icon } from '../../components/icon.tsx';
import { JsonView } from '../../components/json-view.tsx';
import { Page } from '../../components/page.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { RouteTabs } from '../../components/route-tabs.tsx';
import { useAct } from '../../components/use-act.ts';
import { useT } from '../../i18n/use-t.ts';
import { EventTable } from '../events/event-table.tsx';
import { HardwareTab } from './hardware-tab.tsx';
import { HostStateBadge } from './host-badges.tsx';
import { HostFacts } from './host-facts.tsx';
import { ProcessTab } from './process-tab.tsx';
import { ServiceTab } from './service-tab.tsx';
import { SoftwareTab } from './software-tab.tsx';

// The terminal is a large piece that most visits do not need.
const ShellTab = lazy(async () => ({ default: (await import('./shell-tab.tsx')).ShellTab }));

/** One host. */
export function HostPage({ id, tab }: { id: string; tab: string }) {
  const t = useT();
  const may = useMay();
  const [, go] = useLocation();
  const read = useRead('hosts', 'get', { params: { id } });
  const refresh = useAct(() => api.hosts.refresh({ params: { id } }), {
    touches: ['hosts'],
    done: t('hosts.refreshed'),
  });
  const remove = useAct(() => api.hosts.remove({ params: { id } }), {
    touches: ['hosts'],
    quiet: true,
    onDone: () => go('/hosts'),
  });
  if (read.error !== null) return <ProblemAlert error={read.error} retry={() => read.refetch()} />;
  const host = read.data;
  if (!host) return <Skeleton height={260} radius="lg" aria-label={t('common.loading')} />;
  const { name } = host;
  const lost = host.state === 'unreachable' || host.state === 'refused';
  return (
    <Page
      title={name}
      parent={{ title: t('nav.hosts'), href: '/hosts' }}
      about={<HostStateBadge state={host.state} />}
      equivalent={{
        cli: [`atelier host show ${name}`, `atelier host run ${name} "…"`, `atelier host shell ${name}`],
        api: `GET /hosts/${id}`,
      }}
      actions={
        <>
          <ActionButton
            variant="default"
            needs="host:read"
            leftSection={<Icon name="restart" size={16} />}
            loading={refresh.isPending}
            onClick={() => refresh.mutate()}
          >
            {t('hosts.refresh')}
          </ActionButton>
          <ConfirmButton
            title={t('hosts.forgetTitle', { name })}
            verb={t('hosts.forget')}
            act={() => remove.mutateAsync()}
            button={{ needs: 'host:write' }}
          >
            {t('hosts.forgetText')}
          </ConfirmButton>
        </>
      }
    >
      {lost && (
        <Alert color="red" icon={<Icon name="offline" />} title={t(`hostState.${host.state}`)}>
          {host.stateDetail}
        </Alert>
      )}
      {host.health.findings.length > 0 && (
        <Alert
          color={host.health.level === 'critical' ? 'red' : 'yellow'}
          icon={<Icon name="warning" />}
          title={t('hosts.findings')}
        >
          <List size="sm">
            {host.health.findings.map((one) => (
              <List.Item key={one.text}>{one.text}</List.Item>
            ))}
          </List>
        </Alert>
      )}
      <RouteTabs
        base={`/hosts/${id}`}
        tab={tab}
        tabs={[
          { key: 'overview', title: t('nav.overview'), content: () => <HostFacts host={host} /> },
          { key: 'services', title: t('hosts.services'), content: () => <ServiceTab host={host} /> },
          { key: 'processes', title: t('hosts.processes'), content: () => <ProcessTab host={host} /> },
          { key: 'software', title: t('hosts.software'), content: () => <SoftwareTab host={host} /> },
          { key: 'hardware', title: t('hosts.hardware'), content: () => <HardwareTab host={host} /> },
          { key: 'events', title: t('nav.events'), content: () => <EventTable fixed={{ source: name }} /> },
          {
            key: 'shell',
            title: t('hosts.shell'),
            content: () =>
              may('host:command') ? (
                <Suspense fallback={<Skeleton height={420} radius="lg" />}>
                  <ShellTab host={host} />
                </Suspense>
              ) : (
                <Stack className="card" p="lg">
                  <Text>{t('hosts.noShell')}</Text>
                </Stack>
              ),
          },
          { key: 'api', title: 'API', content: () => <JsonView value={host} label={`GET /hosts/${id}`} /> },
        ]}
      />
    </Page>
  );
}
