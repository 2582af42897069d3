import { contract, fillPath } from '@atelier/api';
import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useRead } from '../../api/query.ts';
import { Empty } from '../../components/empty.tsx';
import { Page } from '../../components/page.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { useParam } from '../../components/use-param.ts';
import { useT } from '../../i18n/use-t.ts';
import { EndpointPart } from './endpoint-part.tsx';

const VmScreen = lazy(async () => ({ default: (await import('../../components/vm-screen.tsx')).VmScreen }));
const gone = ['assigned', 'ready', 'staged', 'suspended', 'failed', 'crashed', 'blocked', 'deleted'];

/** The screen of one of the person's running workspaces, with its buttons. */
export function MyScreenPage({ workspaceId }: { workspaceId: string }) {
  const t = useT();
  const [wanted] = useParam('endpoint');
  const read = useRead('my', 'list', undefined, { refetchInterval: 10_000 });
  if (read.error !== null && !read.data) return <ProblemAlert error={read.error} retry={() => read.refetch()} />;
  if (!read.data) return <Skeleton height={420} radius="lg" aria-label={t('common.loading')} />;
  const workspace = read.data.items.find((one) => one.workspaceId === workspaceId);
  const endpoint = workspace?.endpoints.find((one) => one.endpointId === wanted) ?? workspace?.endpoints[0];
  const parent = { title: t('nav.my'), href: '/my' };
  if (!workspace || !endpoint)
    return (
      <Page title={t('my.screen')} parent={parent}>
        <Empty icon="screen" title={t('my.gone')}>
          {t('my.goneText')}
        </Empty>
      </Page>
    );
  const state = endpoint.instance?.state ?? 'assigned';
  const path = fillPath(contract.my.screen.path, { workspaceId }, { endpoint: endpoint.endpointId });
  return (
    <Page
      title={workspace.name}
      parent={parent}
      equivalent={{
        cli: [`atelier start ${workspace.name}`, `atelier stop ${workspace.name}`],
        api: `GET /my/workspaces/${workspaceId}/screen?endpoint=${endpoint.endpointId}`,
      }}
    >
      <div className="card" style={{ padding: '4px 20px 16px' }}>
        <EndpointPart workspace={workspace} endpoint={endpoint} onScreen />
      </div>
      {gone.includes(state) ? (
        <div className="card">
          <Empty icon="screen" title={t('my.notRunning')}>
            {t('my.notRunningText')}
          </Empty>
        </div>
      ) : (
        <Suspense fallback={<Skeleton height={420} radius="lg" />}>
          <VmScreen path={path} name={workspace.name} />
        </Suspense>
      )}
    </Page>
  );
}
