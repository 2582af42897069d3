import { Button, Group, Progress, Skeleton, Text } from '@mantine/core';
import { api } from '../../api/client.ts';
import { useMay, useMe } from '../../api/me.tsx';
import { usePages, useRead } from '../../api/query.ts';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { Facts } from '../../components/facts.tsx';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { Time } from '../../components/time.tsx';
import { useAct } from '../../components/use-act.ts';
import { useT } from '../../i18n/use-t.ts';
import { TaskError } from './task-error.tsx';
import { TaskStateBadge } from './task-state-badge.tsx';

/** One task: progress, log, cancel. */
export function TaskPage({ id }: { id: string }) {
  const t = useT();
  const me = useMe();
  const may = useMay();
  const read = useRead(
    'tasks',
    'get',
    { params: { id } },
    { refetchInterval: (query) => (query.state.data?.finishedAt ? false : 2000) },
  );
  const busy = read.data !== undefined && read.data.finishedAt === null;
  const log = usePages(
    'tasks',
    'log',
    { params: { id }, query: { limit: 200 } },
    { refetchInterval: busy ? 2000 : false },
  );
  const cancel = useAct(() => api.tasks.cancel({ params: { id } }), {
    done: t('tasks.cancelAsked'),
    touches: ['tasks'],
    quiet: true,
  });
  if (read.error !== null) return <ProblemAlert error={read.error} retry={() => read.refetch()} />;
  const task = read.data;
  if (!task) return <Skeleton height={200} radius="lg" aria-label={t('common.loading')} />;
  const mine = task.owner === me.user.name;
  return (
    <Page
      title={task.title}
      parent={{ title: t('nav.tasks'), href: '/tasks' }}
      equivalent={{
        cli: [`atelier task show ${id}`, `atelier task log ${id}`, `atelier task cancel ${id}`],
        api: `GET /tasks/${id}`,
      }}
      actions={
        <ConfirmButton
          title={t('tasks.cancelTitle', { name: task.title })}
          verb={t('tasks.cancel')}
          act={() => cancel.mutateAsync()}
          button={{
            blocked: !busy
              ? t('tasks.notRunning')
              : !mine && !may('task:cancel') && t('common.missingPermission', { permission: 'task:cancel' }),
          }}
        >
          {t('tasks.cancelText')}
        </ConfirmButton>
      }
    >
      <Panel title={t('tasks.progress')} side={<TaskStateBadge state={task.state} />}>
        {busy && (
          <Progress
            value={(task.progress ?? 1) * 100}
            animated={task.progress === null}
            mb="sm"
            aria-label={t('tasks.progress')}
          />
        )}
        <Text size="sm" aria-live="polite" mb="md">
          {task.progress !== null && busy ? `${Math.round(task.progress * 100)} % · ` : ''}
          {task.message}
        </Text>
        {task.error && <TaskError error={task.error} />}
        <Facts
          items={[
            [t('tasks.owner'), task.owner],
            [t('common.created'), <Time key="c" at={task.createdAt} />],
            [t('tasks.started'), <Time key="s" at={task.startedAt} />],
            [t('tasks.finished'), <Time key="f" at={task.finishedAt} />],
            [t('tasks.object'), task.object ? `${task.object.kind} ${task.object.name}` : '—'],
          ]}
        />
      </Panel>
      <Panel title={t('tasks.log')}>
        {log.error !== null && <ProblemAlert error={log.error} />}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must be able to reach it */}
        <pre className="json" role="log" aria-label={t('tasks.log')} tabIndex={0}>
          {log.rows.length === 0
            ? t('tasks.noLog')
            : log.rows.map((line) => `${line.at.slice(11, 19)}  ${line.line}`).join('\n')}
        </pre>
        {log.hasNextPage && (
          <Group justify="center" mt="sm">
            <Button variant="default" size="xs" onClick={() => log.fetchNextPage()} loading={log.isFetchingNextPage}>
              {t('common.loadMore')}
            </Button>
          </Group>
        )}
      </Panel>
    </Page>
  );
}
