import type { Instance } from '@atelier/api';
import { Anchor, Text } from '@mantine/core';
import { Link } from 'wouter';
import { usePages } from '../../api/query.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/empty.tsx';
import { Time } from '../../components/time.tsx';
import { useT } from '../../i18n/use-t.ts';
import { TransferBar } from '../my/transfer-bar.tsx';
import { InstanceActions } from './instance-actions.tsx';
import { InstanceStateBadge } from './instance-state-badge.tsx';

/** Workspaces on endpoints: of one endpoint or of one workspace. */
export function InstanceTable({ endpoint, workspace }: { endpoint?: string; workspace?: string }) {
  const t = useT();
  const pages = usePages('endpoints', 'listInstances', { query: { endpoint, workspace } });
  const first: Column<Instance> = endpoint
    ? {
        title: t('workspaces.workspace'),
        cell: (one) => (
          <Anchor component={Link} href={`/workspaces/${one.workspace}`} fw={560}>
            {one.workspace}
          </Anchor>
        ),
      }
    : {
        title: t('endpoints.endpoint'),
        cell: (one) => (
          <Anchor component={Link} href={`/endpoints/${one.endpointId}`} fw={560}>
            {one.endpoint}
          </Anchor>
        ),
      };
  return (
    <DataTable
      pages={pages}
      rowKey={(one) => one.id}
      caption={t('workspaces.instances')}
      empty={
        <Empty icon="workspace" title={t('endpoints.noInstances')}>
          {t('endpoints.noInstancesText')}
        </Empty>
      }
      columns={[
        first,
        { title: t('people.user'), cell: (one) => one.user },
        {
          title: t('common.state'),
          cell: (one) => (
            <div>
              <InstanceStateBadge state={one.state} />
              {one.error && (
                <Text size="xs" c="var(--tone-bad)">
                  {one.error.detail}
                </Text>
              )}
              {one.transfer?.state === 'running' && <TransferBar transfer={one.transfer} small />}
            </div>
          ),
        },
        { title: t('images.version'), cell: (one) => (one.version === null ? '—' : `v${one.version}`) },
        { title: t('policy.revision'), align: 'right', cell: (one) => one.policyRevision ?? '—' },
        { title: t('common.updated'), cell: (one) => <Time at={one.updatedAt} ago /> },
        { title: '', align: 'right', cell: (one) => <InstanceActions instance={one} /> },
      ]}
    />
  );
}
