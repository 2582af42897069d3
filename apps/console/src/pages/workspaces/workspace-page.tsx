import { Skeleton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useLocation } from 'wouter';
import { api } from '../../api/client.ts';
import { useRead } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { Icon } from '../../components/icon.tsx';
import { JsonView } from '../../components/json-view.tsx';
import { Page } from '../../components/page.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { RouteTabs } from '../../components/route-tabs.tsx';
import { useAct } from '../../components/use-act.ts';
import { useT } from '../../i18n/use-t.ts';
import { AssignmentTable } from '../assignments/assignment-table.tsx';
import { InstanceTable } from '../endpoints/instance-table.tsx';
import { CloneModal } from './clone-modal.tsx';
import { EffectivePanel } from './effective-panel.tsx';
import { PolicyTab } from './policy/policy-tab.tsx';
import { WorkspaceOverviewTab } from './workspace-overview-tab.tsx';

/** One workspace. */
export function WorkspacePage({ id, tab }: { id: string; tab: string }) {
  const t = useT();
  const [, go] = useLocation();
  const [cloning, { open, close }] = useDisclosure();
  const read = useRead('workspaces', 'get', { params: { id } });
  const remove = useAct(() => api.workspaces.remove({ params: { id } }), {
    touches: ['workspaces'],
    quiet: true,
    done: t('common.deleted', { name: read.data?.name ?? id }),
    onDone: () => go('/workspaces'),
  });
  if (read.error !== null) return <ProblemAlert error={read.error} retry={() => read.refetch()} />;
  const workspace = read.data;
  if (!workspace) return <Skeleton height={260} radius="lg" aria-label={t('common.loading')} />;
  const on = [{ kind: 'workspace', id: workspace.id } as const, { kind: 'workspace', id: workspace.name } as const];
  return (
    <Page
      title={workspace.name}
      parent={{ title: t('nav.workspaces'), href: '/workspaces' }}
      about={workspace.description}
      equivalent={{
        cli: [`atelier workspace show ${workspace.name}`, `atelier policy show ${workspace.name}`],
        api: `GET /workspaces/${workspace.name}`,
      }}
      actions={
        <>
          <ConfirmButton
            title={t('workspaces.deleteTitle', { name: workspace.name })}
            verb={t('common.delete')}
            typeName={workspace.name}
            act={() => remove.mutateAsync()}
            button={{ needs: 'workspace:write', on, leftSection: <Icon name="trash" size={16} /> }}
          >
            {t('workspaces.deleteText', { assignments: workspace.assignmentCount, instances: workspace.instanceCount })}
          </ConfirmButton>
          <ActionButton
            variant="default"
            needs="workspace:write"
            on={on}
            leftSection={<Icon name="copy" size={16} />}
            onClick={open}
          >
            {t('workspaces.clone')}
          </ActionButton>
        </>
      }
    >
      <RouteTabs
        base={`/workspaces/${id}`}
        tab={tab}
        tabs={[
          {
            key: 'overview',
            title: t('nav.overview'),
            content: () => <WorkspaceOverviewTab key={workspace.rev} workspace={workspace} />,
          },
          { key: 'policy', title: t('policy.title'), content: () => <PolicyTab workspace={workspace} /> },
          {
            key: 'assignments',
            title: t('nav.assignments'),
            content: () => (
              <div style={{ display: 'grid', gap: 20 }}>
                <AssignmentTable workspace={workspace.name} />
                <EffectivePanel workspace={workspace.name} />
              </div>
            ),
          },
          {
            key: 'instances',
            title: t('workspaces.instances'),
            content: () => <InstanceTable workspace={workspace.id} />,
          },
          {
            key: 'api',
            title: 'API',
            content: () => <JsonView value={workspace} label={`GET /workspaces/${workspace.name}`} />,
          },
        ]}
      />
      <CloneModal opened={cloning} onClose={close} workspace={workspace} />
    </Page>
  );
}
