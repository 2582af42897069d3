import type { PlugInTask } from '@atelier/api';
import { Group, Text } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { usePages } from '../../api/query.ts';
import { ActionAbove } from '../../components/action-above.tsx';
import { ActionButton } from '../../components/action-button.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/empty.tsx';
import { Icon } from '../../components/icon.tsx';
import { StateBadge, type Tone } from '../../components/state-badge.tsx';
import { Time } from '../../components/time.tsx';
import { useAct } from '../../components/use-act.ts';
import { useT } from '../../i18n/use-t.ts';
import { PlanTaskModal } from './plan-task-modal.tsx';

const tones: Readonly<Record<PlugInTask['state'], Tone>> = {
  planned: 'idle',
  running: 'busy',
  done: 'good',
  failed: 'bad',
  cancelled: 'idle',
  interrupted: 'warn',
  'timed-out': 'warn',
};
const nameOf = (one: PlugInTask): string => one.label || one.identifier;

function TaskActions({ task }: { task: PlugInTask }) {
  const t = useT();
  const said = { name: nameOf(task), target: task.target.name };
  const start = useAct(() => api.plugInWork.startTask({ params: { id: task.id } }), {
    touches: ['plugInWork'],
    done: t('plugInTasks.startDone', said),
  });
  const cancel = useAct(() => api.plugInWork.cancelTask({ params: { id: task.id } }), {
    touches: ['plugInWork'],
    quiet: true,
  });
  const open = task.state === 'planned' || task.state === 'running';
  return (
    <Group gap={6} justify="flex-end">
      {task.state !== 'running' && (
        <ActionButton
          size="xs"
          variant="default"
          needs="broker:write"
          loading={start.isPending}
          onClick={() => start.mutate()}
          aria-label={t('plugInTasks.startOf', said)}
        >
          {t('plugInTasks.start')}
        </ActionButton>
      )}
      {open && (
        <ConfirmButton
          title={t('plugInTasks.cancelTitle', said)}
          verb={t('plugInTasks.cancel')}
          act={() => cancel.mutateAsync()}
          button={{
            size: 'xs',
            needs: 'broker:write',
            blocked: task.cancelling && t('plugInTasks.cancelling'),
            'aria-label': t('plugInTasks.cancelOf', said),
          }}
        >
          {t('plugInTasks.cancelText')}
        </ConfirmButton>
      )}
    </Group>
  );
}

/** The maintenance of targets by plug-ins: planned, at work, done. */
export function PlugInTasksTab() {
  const t = useT();
  const [planning, setPlanning] = useState(false);
  const pages = usePages('plugInWork', 'listTasks', {});
  const plugIns = usePages('broker', 'listPlugins', { query: { limit: 200 } });
  const able = plugIns.rows
    .filter((one) => one.health.some(({ offers }) => offers.includes('task')))
    .map((one) => one.name);
  const button = (
    <ActionButton
      needs="broker:write"
      blocked={able.length === 0 && t('plugInTasks.none')}
      leftSection={<Icon name="plus" size={16} />}
      onClick={() => setPlanning(true)}
    >
      {t('plugInTasks.plan')}
    </ActionButton>
  );
  return (
    <>
      <ActionAbove pages={pages}>{button}</ActionAbove>
      <DataTable
        pages={pages}
        rowKey={(one) => one.id}
        caption={t('plugInTasks.title')}
        empty={
          <Empty icon="task" title={t('plugInTasks.empty')} action={button}>
            {t('plugInTasks.emptyText')}
          </Empty>
        }
        columns={[
          {
            title: t('plugInTasks.task'),
            cell: (one) => (
              <div>
                <b>{nameOf(one)}</b>
                <Text size="sm" c="dimmed">
                  {t('plugInTasks.by', { name: one.plannedBy || one.plugin })}
                </Text>
              </div>
            ),
          },
          { title: t('plugInTasks.plugin'), cell: (one) => one.plugin },
          { title: t('plugInTasks.target'), cell: (one) => one.target.name },
          {
            title: t('common.state'),
            cell: (one) => (
              <div>
                <StateBadge tone={tones[one.state]}>{t(`plugInTaskState.${one.state}`)}</StateBadge>
                {(one.cancelling || one.state === 'running') && (
                  <Text size="sm" c="dimmed">
                    {one.cancelling ? t('plugInTasks.cancelling') : t(`plugInTaskStatus.${one.status}`)}
                  </Text>
                )}
                {one.detail && <Text size="sm">{one.detail}</Text>}
              </div>
            ),
          },
          { title: t('plugInTasks.begins'), cell: (one) => <Time at={one.begunAt ?? one.startTime} /> },
          { title: '', align: 'right', cell: (one) => <TaskActions task={one} /> },
        ]}
      />
      {planning && <PlanTaskModal plugIns={able} onClose={() => setPlanning(false)} />}
    </>
  );
}
