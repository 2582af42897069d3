import { Group } from '@mantine/core';
import { usePages } from '../../api/query.ts';
import { DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/empty.tsx';
import { FilterSelect } from '../../components/filter-select.tsx';
import { Page } from '../../components/page.tsx';
import { Time } from '../../components/time.tsx';
import { useParam } from '../../components/use-param.ts';
import { useT } from '../../i18n/use-t.ts';

/** Current state of all people × workspaces. */
export function StatusReportPage() {
  const t = useT();
  const [age] = useParam('days');
  const days = Number(age) || 30;
  const pages = usePages('events', 'status', { query: { days } });
  return (
    <Page
      title={t('events.statusReport')}
      parent={{ title: t('nav.events'), href: '/events' }}
      about={t('events.statusAbout')}
      equivalent={{ cli: [`atelier report status --days ${days}`], api: `GET /reports/status?days=${days}` }}
    >
      <Group>
        <FilterSelect
          param="days"
          label={t('events.days', { count: 30 })}
          options={[1, 7, 90, 365].map((one) => ({ value: String(one), label: t('events.days', { count: one }) }))}
        />
      </Group>
      <DataTable
        pages={pages}
        rowKey={(row) => `${row.userName} ${row.hostName} ${row.workspaceName} ${row.time}`}
        caption={t('events.statusReport')}
        empty={
          <Empty icon="report" title={t('events.statusEmpty')}>
            {t('events.statusEmptyText')}
          </Empty>
        }
        columns={[
          { title: t('events.user'), cell: (row) => <b>{row.userName}</b> },
          { title: t('endpoints.endpoint'), cell: (row) => row.hostName },
          { title: t('workspaces.workspace'), cell: (row) => row.workspaceName },
          { title: t('events.onlineState'), cell: (row) => row.online },
          {
            title: t('workspaces.image'),
            cell: (row) => `${row.imageName} ${row.imageVersion === null ? '—' : `v${row.imageVersion}`}`,
          },
          { title: t('policy.revision'), align: 'right', cell: (row) => row.policyVersion ?? '—' },
          { title: t('endpoints.clientVersion'), cell: (row) => row.clientVersion },
          { title: t('events.time'), cell: (row) => <Time at={row.time} /> },
        ]}
      />
    </Page>
  );
}
