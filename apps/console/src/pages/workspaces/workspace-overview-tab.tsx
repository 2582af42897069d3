import { contract, type Workspace } from '@atelier/api';
import { Group, SimpleGrid } from '@mantine/core';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/me.tsx';
import { ActionButton } from '../../components/action-button.tsx';
import { Facts } from '../../components/facts.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { Time } from '../../components/time.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFields } from '../../components/use-fields.ts';
import { useT } from '../../i18n/use-t.ts';
import { ImageFields, NameFields, type WorkspaceValues } from './workspace-fields.tsx';
import { WorkspaceState } from './workspace-state.tsx';

/** State and settings of a workspace. */
export function WorkspaceOverviewTab({ workspace }: { workspace: Workspace }) {
  const t = useT();
  const may = useMay();
  const on = [{ kind: 'workspace', id: workspace.id } as const, { kind: 'workspace', id: workspace.name } as const];
  const readOnly = !may('workspace:write', ...on);
  const { name, description, supportContact, type, image, channel, pinnedVersion, enabled } = workspace;
  const form = useFields<WorkspaceValues>(
    { name, description, supportContact, type, image, channel, pinnedVersion, enabled },
    contract.workspaces.update.body,
  );
  const save = useAct(
    () => api.workspaces.update({ params: { id: workspace.id }, body: form.values }, { ifMatch: workspace.rev }),
    {
      done: t('common.saved'),
      touches: ['workspaces', 'my'],
      quiet: true,
    },
  );
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (form.check()) save.mutate();
      }}
    >
      <Panel title={t('common.state')} side={<WorkspaceState workspace={workspace} />}>
        <Facts
          items={[
            [t('workspaces.currentVersion'), workspace.currentVersion === null ? '—' : `v${workspace.currentVersion}`],
            [t('policy.revision'), workspace.policyRevision],
            [t('nav.assignments'), workspace.assignmentCount],
            [t('workspaces.instances'), workspace.instanceCount],
            [t('common.created'), <Time key="c" at={workspace.createdAt} />],
          ]}
        />
      </Panel>
      <SimpleGrid cols={{ base: 1, md: 2 }} mt="md" spacing="md">
        <Panel title={t('workspaces.stepName')}>
          <NameFields form={form} readOnly={readOnly} />
        </Panel>
        <Panel title={t('workspaces.stepImage')}>
          <ImageFields form={form} readOnly={readOnly} />
        </Panel>
      </SimpleGrid>
      {save.error !== null && (
        <div style={{ marginTop: 16 }}>
          <ProblemAlert error={save.error} />
        </div>
      )}
      <Group mt="md">
        <ActionButton type="submit" needs="workspace:write" on={on} loading={save.isPending} onClick={() => undefined}>
          {t('common.save')}
        </ActionButton>
      </Group>
    </form>
  );
}
