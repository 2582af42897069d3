import { taskStateSchema } from '@atelier/api';
import { Anchor, Group, Progress } from '@mantine/core';
import { Link, useLocation } from 'wouter';
import { usePages } from '../../api/query.ts';
import { DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/empty.tsx';
import { FilterSelect } from '../../components/filter-select.tsx';
import { Page } from '../../components/page.tsx';
import { Time } from '../../components/time.tsx';
import { useParam } from '../../components/use-param.ts';
import { useT } from '../../i18n/use-t.ts';
import { TaskStateBadge } from './task-state-badge.tsx';

/** Long work: running and past. */
export function TasksPage() {
  const t = useT();
  const [, go] = useLocation();
  const [state] = useParam('state');
  const wanted = taskStateSchema.safeParse(state).data;
  const pages = usePages('tasks', 'list', { query: { state: wanted } }, { refetchInterval: 10_000 });
  return (
    <Page
      title={t('nav.tasks')}
      about={t('tasks.about')}
      equivalent={{ cli: ['atelier task ls', 'atelier task log TASK'], api: 'GET /tasks' }}
    >
      <Group>
        <FilterSelect
          param="state"
          label={t('common.state')}
          options={taskStateSchema.options.map((one) => ({ value: one, label: t(`taskState.${one}`) }))}
        />
      </Group>
      <DataTable
        pages={pages}
        rowKey={(task) => task.id}
        caption={t('nav.tasks')}
        onRow={(task) => go(`/tasks/${task.id}`)}
        empty={
          <Empty icon="task" title={t('tasks.empty')}>
            {t('tasks.emptyText')}
          </Empty>
        }
        columns={[
          {
            title: t('tasks.task'),
            cell: (task) => (
              <Anchor component={Link} href={`/tasks/${task.id}`}>
                {task.title}
              </Anchor>
            ),
          },
          { title: t('common.state'), cell: (task) => <TaskStateBadge state={task.state} /> },
          {
            title: t('tasks.progress'),
            cell: (task) =>
              task.state === 'running' ? (
                <Progress
                  value={(task.progress ?? 1) * 100}
                  animated={task.progress === null}
                  size="sm"
                  miw={100}
                  aria-label={task.title}
                />
              ) : (
                (task.error?.detail ?? task.message)
              ),
          },
          { title: t('tasks.owner'), cell: (task) => task.owner },
          { title: t('common.created'), cell: (task) => <Time at={task.createdAt} /> },
        ]}
      />
    </Page>
  );
}
