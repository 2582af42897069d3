import { Alert, Anchor, Skeleton, Stack } from '@mantine/core';
import { Link, useLocation } from 'wouter';
import { useMay } from '../../api/me.tsx';
import { useRead } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { Empty } from '../../components/empty.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { useT } from '../../i18n/use-t.ts';
import { WorkspaceCard } from './workspace-card.tsx';

/** What the signed-in person has, and can start. */
export function MyPage() {
  const t = useT();
  const may = useMay();
  const [, go] = useLocation();
  const read = useRead('my', 'list', undefined, { refetchInterval: 15_000 });
  const none = read.data?.items.length === 0;
  // Whoever works in the data centre only should not end at an empty page.
  const desktops = useRead('myDesktops', 'list', undefined, { enabled: none });
  return (
    <Page
      title={t('nav.my')}
      about={t('my.about')}
      equivalent={{ cli: ['atelier status', 'atelier start WORKSPACE'], api: 'GET /my/workspaces' }}
    >
      {read.error !== null && !read.data && <ProblemAlert error={read.error} retry={() => read.refetch()} />}
      {read.isPending && <Skeleton height={180} radius="lg" aria-label={t('common.loading')} />}
      {none && (desktops.data?.items.length ?? 0) > 0 && (
        <Alert icon={<Icon name="screen" />}>
          {t('myDesktops.lead')}{' '}
          <Anchor component={Link} href="/my/desktops">
            {t('myDesktops.leadDo')}
          </Anchor>
        </Alert>
      )}
      {none && (
        <div className="card">
          <Empty
            icon="my"
            title={t('my.empty')}
            action={
              may('assignment:write') && (
                <ActionButton onClick={() => go('/assignments?new=1')}>{t('assignments.new')}</ActionButton>
              )
            }
          >
            {t('my.emptyText')}
          </Empty>
        </div>
      )}
      <Stack gap="lg">
        {read.data?.items.map((workspace) => (
          <WorkspaceCard key={workspace.workspaceId} workspace={workspace} />
        ))}
      </Stack>
    </Page>
  );
}
