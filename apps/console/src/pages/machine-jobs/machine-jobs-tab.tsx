import type { CollectionView, Task } from '@atelier/api';
import { Anchor, Text } from '@mantine/core';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { api } from '../../api/client.ts';
import { usePages } from '../../api/query.ts';
import { ActionAbove } from '../../components/action-above.tsx';
import { ActionButton } from '../../components/action-button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/empty.tsx';
import { Icon } from '../../components/icon.tsx';
import { Time } from '../../components/time.tsx';
import { useAct } from '../../components/use-act.ts';
import { useT } from '../../i18n/use-t.ts';
import { TaskStateBadge } from '../tasks/task-state-badge.tsx';
import { MachineJobModal } from './machine-job-modal.tsx';

/** What plug-ins did to the machines of a collection, and the way to have more made. */
export function MachineJobsTab({ collection }: { collection: CollectionView }) {
  const t = useT();
  const [, go] = useLocation();
  const [making, setMaking] = useState(false);
  const { id } = collection;
  const pages = usePages('plugInWork', 'listMachineJobs', { params: { id } });
  const again = useAct((job: Task) => api.plugInWork.startMachineJobAgain({ params: { id, taskId: job.id } }), {
    touches: ['plugInWork', 'tasks'],
    done: t('machineJobs.begun'),
    onDone: ({ taskId }) => go(`/tasks/${taskId}`),
  });
  const button = (
    <ActionButton
      needs="collection:write"
      on={[{ kind: 'collection', id }]}
      leftSection={<Icon name="plus" size={16} />}
      onClick={() => setMaking(true)}
    >
      {t('machineJobs.make')}
    </ActionButton>
  );
  return (
    <>
      <ActionAbove pages={pages}>{button}</ActionAbove>
      <DataTable
        pages={pages}
        rowKey={(one) => one.id}
        caption={t('machineJobs.title')}
        empty={
          <Empty icon="host" title={t('machineJobs.empty')} action={button}>
            {t('machineJobs.emptyText')}
          </Empty>
        }
        columns={[
          {
            title: t('machineJobs.job'),
            cell: (one) => (
              <div>
                <Anchor component={Link} href={`/tasks/${one.id}`}>
                  {one.title}
                </Anchor>
                <Text size="sm" c="dimmed">
                  {one.error?.detail ?? one.message}
                </Text>
              </div>
            ),
          },
          { title: t('common.state'), cell: (one) => <TaskStateBadge state={one.state} /> },
          { title: t('common.created'), cell: (one) => <Time at={one.createdAt} ago /> },
          {
            title: '',
            align: 'right',
            cell: (one) =>
              one.state === 'failed' || one.state === 'cancelled' ? (
                <ActionButton
                  size="xs"
                  variant="default"
                  needs="collection:write"
                  on={[{ kind: 'collection', id }]}
                  loading={again.isPending && again.variables?.id === one.id}
                  onClick={() => again.mutate(one)}
                  aria-label={t('machineJobs.againOf', { title: one.title })}
                >
                  {t('machineJobs.again')}
                </ActionButton>
              ) : null,
          },
        ]}
      />
      {making && (
        <MachineJobModal job={{ what: 'create', collection, machines: [] }} onClose={() => setMaking(false)} />
      )}
    </>
  );
}
