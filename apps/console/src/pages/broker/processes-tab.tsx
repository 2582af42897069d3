import { Stack } from '@mantine/core';
import { usePages } from '../../api/query.ts';
import { CommandLine } from '../../components/command-line.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/empty.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { Time } from '../../components/time.tsx';
import { useT } from '../../i18n/use-t.ts';

const shown = ['relay', 'sign-in', 'opening', 'refused'] as const;

/** Broker processes that run, with what they carry. */
export function ProcessesTab() {
  const t = useT();
  // Signs of life are no changes that the server tells of.
  const pages = usePages('broker', 'listInstances', {}, { refetchInterval: 10_000 });
  return (
    <DataTable
      pages={pages}
      rowKey={(one) => one.id}
      caption={t('broker.processes')}
      empty={
        <Empty icon="channel" title={t('broker.empty')} action={<CommandLine text="atelier broker start" />}>
          {t('broker.emptyText')}
        </Empty>
      }
      columns={[
        { title: t('broker.name'), cell: (one) => <b>{one.name}</b> },
        {
          title: t('common.state'),
          cell: (one) => (
            <StateBadge tone={one.alive ? 'good' : 'bad'}>{t(one.alive ? 'broker.alive' : 'broker.silent')}</StateBadge>
          ),
        },
        { title: t('broker.address'), cell: (one) => <span className="mono">{one.address}</span> },
        {
          title: t('broker.load'),
          cell: (one) => (
            <Stack gap={0}>
              {shown.map((what) => (
                <span key={what}>
                  {one.counts[what] ?? 0} {t(`broker.count_${what}`)}
                </span>
              ))}
            </Stack>
          ),
        },
        { title: t('broker.version'), cell: (one) => one.version },
        { title: t('broker.started'), cell: (one) => <Time at={one.startedAt} /> },
        { title: t('broker.heartbeat'), cell: (one) => <Time at={one.heartbeatAt} ago /> },
      ]}
    />
  );
}
