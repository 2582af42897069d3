import { Progress, UnstyledButton } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { Link } from 'wouter';
import { useRead } from '../api/query.ts';
import { Icon } from '../components/icon.tsx';
import { StateBadge } from '../components/state-badge.tsx';
import { useT } from '../i18n/use-t.ts';
import { UploadLine } from '../pages/images/upload-line.tsx';
import { useUploads } from '../pages/images/uploads.ts';
import { TaskStateBadge } from '../pages/tasks/task-state-badge.tsx';

/** How long an ended task stays in sight. */
const freshMs = 180_000;

/** Running tasks and uploads at the foot of every page. Tasks live on the server, so a reload loses nothing. */
export function TaskTray() {
  const t = useT();
  const [open, setOpen] = useLocalStorage({ key: 'atelier.tray', defaultValue: false, getInitialValueInEffect: false });
  const uploads = useUploads();
  const tasks = useRead('tasks', 'list', { query: { limit: 8 } }, { staleTime: 5000, refetchInterval: 60_000 });
  const rows = tasks.data?.items ?? [];
  const busy = rows.filter((task) => task.state === 'running' || task.state === 'queued');
  const fresh = rows.filter(
    (task) => busy.includes(task) || Date.now() - Date.parse(task.finishedAt ?? task.createdAt) < freshMs,
  );
  if (fresh.length === 0 && uploads.length === 0) return null;
  const first = busy[0] ?? fresh[0];
  const running = busy.length + uploads.length;
  return (
    <section className="tray" data-open={open || undefined} aria-label={t('tasks.tray')}>
      <UnstyledButton className="tray-bar" onClick={() => setOpen(!open)} aria-expanded={open}>
        <span aria-live="polite" style={{ display: 'contents' }}>
          {running > 0 ? (
            <StateBadge tone="busy">{t('tasks.running', { count: running })}</StateBadge>
          ) : (
            first && <TaskStateBadge state={first.state} />
          )}
        </span>
        {first && !open && <span className="tray-first">{first.title}</span>}
        {first?.state === 'running' && first.progress !== null && !open && (
          <Progress value={first.progress * 100} size="sm" w={90} aria-label={first.title} />
        )}
        <span style={{ marginInlineStart: 'auto' }}>
          <Icon name={open ? 'down' : 'up'} size={16} />
        </span>
      </UnstyledButton>
      {open && (
        <ul className="tray-list">
          {uploads.map((upload) => (
            <li key={upload.key}>
              <UploadLine upload={upload} />
            </li>
          ))}
          {fresh.map((task) => (
            <li key={task.id}>
              <TaskStateBadge state={task.state} />
              <Link href={`/tasks/${task.id}`}>{task.title}</Link>
              <span className="tray-message">{task.error?.detail ?? task.message}</span>
              {task.state === 'running' && (
                <Progress
                  value={task.progress === null ? 100 : task.progress * 100}
                  animated={task.progress === null}
                  size="sm"
                  w={120}
                  aria-label={task.title}
                />
              )}
            </li>
          ))}
          <li>
            <Link href="/tasks">{t('tasks.all')}</Link>
          </li>
        </ul>
      )}
    </section>
  );
}
