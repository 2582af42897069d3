import { contract, fillPath } from '@atelier/api';
import { Skeleton, Text } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useLocation } from 'wouter';
import { api } from '../../api/client.ts';
import { useRead } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { Page } from '../../components/page.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { Time } from '../../components/time.tsx';
import { useAct } from '../../components/use-act.ts';
import { useT } from '../../i18n/use-t.ts';

const VmScreen = lazy(async () => ({ default: (await import('../../components/vm-screen.tsx')).VmScreen }));

/** A test run of a version: its screen, until somebody ends it. Nothing it writes reaches the image. */
export function TestRunPage({ id }: { id: string }) {
  const t = useT();
  const [, go] = useLocation();
  const read = useRead(
    'images',
    'getTest',
    { params: { id } },
    { refetchInterval: (query) => (query.state.data?.state === 'ended' ? false : 3000) },
  );
  const back = () => go(`/images/${read.data?.image ?? ''}`);
  const stop = useAct(() => api.images.stopTest({ params: { id } }), { touches: ['images'], onDone: back });
  if (read.error !== null) return <ProblemAlert error={read.error} retry={() => read.refetch()} />;
  const run = read.data;
  if (!run) return <Skeleton height={420} radius="lg" aria-label={t('common.loading')} />;
  return (
    <Page
      title={t('images.testTitle', { name: run.image, version: run.version })}
      parent={{ title: run.image, href: `/images/${run.image}` }}
      about={t('images.testAbout')}
      equivalent={{ cli: [`atelier image test ${run.image} ${run.version}`], api: `GET /image-tests/${id}` }}
      actions={
        <ActionButton
          color="red"
          needs="image:write"
          blocked={run.state === 'ended' && t('images.testEnded')}
          loading={stop.isPending}
          onClick={() => stop.mutate()}
        >
          {t('images.testStop')}
        </ActionButton>
      }
    >
      <Text size="sm" component="div" aria-live="polite">
        <StateBadge tone={run.state === 'running' ? 'good' : run.state === 'starting' ? 'busy' : 'idle'}>
          {t(`testState.${run.state}`)}
        </StateBadge>{' '}
        · <Time at={run.startedAt} ago /> · {t(run.guestAgent ? 'images.agentYes' : 'images.agentNo')}
      </Text>
      {run.error && <Text c="var(--tone-bad)">{run.error}</Text>}
      {run.state !== 'ended' && (
        <Suspense fallback={<Skeleton height={420} radius="lg" />}>
          <VmScreen path={fillPath(contract.images.testScreen.path, { id })} name={`${run.image} v${run.version}`} />
        </Suspense>
      )}
    </Page>
  );
}
