import type { Assignment } from '@atelier/api';
import { Anchor, Group } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { api } from '../../api/client.ts';
import { usePages } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/empty.tsx';
import { Icon } from '../../components/icon.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { Time } from '../../components/time.tsx';
import { useAct } from '../../components/use-act.ts';
import { useParam } from '../../components/use-param.ts';
import { useT } from '../../i18n/use-t.ts';
import { AssignmentModal } from './assignment-modal.tsx';
import { useLimitText } from './use-limit-text.ts';

/** Who has what: all assignments, or those of one workspace. */
export function AssignmentTable({ workspace }: { workspace?: string }) {
  const t = useT();
  const show = useLimitText();
  const [creating, setCreating] = useParam('new');
  const [editing, setEditing] = useState<Assignment | null>(null);
  const pages = usePages('workspaces', 'listAssignments', { query: { workspace } });
  const remove = useAct((id: string) => api.workspaces.removeAssignment({ params: { id } }), {
    touches: ['workspaces', 'system'],
    quiet: true,
    done: t('assignments.removed'),
  });
  const add = (
    <ActionButton
      needs="assignment:write"
      on={[workspace ? { kind: 'workspace', id: workspace } : undefined]}
      leftSection={<Icon name="plus" size={16} />}
      onClick={() => setCreating('1')}
    >
      {t(workspace ? 'assignments.assign' : 'assignments.new')}
    </ActionButton>
  );
  const scopeOf = (one: Assignment) => [
    { kind: 'workspace', id: one.workspaceId } as const,
    { kind: 'workspace', id: one.workspace } as const,
  ];
  const first: Column<Assignment>[] = workspace
    ? []
    : [
        {
          title: t('workspaces.workspace'),
          cell: (one) => (
            <Anchor component={Link} href={`/workspaces/${one.workspace}/assignments`} fw={560}>
              {one.workspace}
            </Anchor>
          ),
        },
      ];
  return (
    <div>
      <Group justify="flex-end" mb="sm">
        {add}
      </Group>
      <DataTable
        pages={pages}
        rowKey={(one) => one.id}
        caption={t('nav.assignments')}
        empty={
          <Empty icon="assignment" title={t('assignments.empty')}>
            {t('assignments.emptyText')}
          </Empty>
        }
        columns={[
          ...first,
          {
            title: t('assignments.to'),
            cell: (one) => (
              <span style={{ display: 'inline-flex', gap: 8, alignItems: 'center' }}>
                <Icon
                  name={one.principal.kind === 'group' ? 'group' : one.principal.kind === 'user' ? 'user' : 'endpoint'}
                  size={16}
                />
                {one.principal.kind === 'device' ? (
                  one.principal.name
                ) : (
                  <Anchor component={Link} href={`/people/${one.principal.kind}s/${one.principal.id}`}>
                    {one.principal.name}
                  </Anchor>
                )}
              </span>
            ),
          },
          {
            title: t('common.state'),
            cell: (one) => (
              <StateBadge tone={one.enabled ? 'good' : 'idle'}>
                {t(one.enabled ? 'common.enabled' : 'common.disabled')}
              </StateBadge>
            ),
          },
          {
            title: t('limits.expiresOn'),
            cell: (one) => (one.expiresOn ? <Time at={one.expiresOn} /> : t('limits.never')),
          },
          {
            title: t('limits.offlineShort'),
            cell: (one) => show.value('offlineLimitMinutes', one.offlineLimitMinutes),
          },
          { title: t('limits.clipboard'), cell: (one) => show.value('clipboard', one.clipboard) },
          {
            title: '',
            align: 'right',
            cell: (one) => (
              <Group gap={6} justify="flex-end" wrap="nowrap">
                <ActionButton
                  size="xs"
                  variant="default"
                  needs="assignment:write"
                  on={scopeOf(one)}
                  onClick={() => setEditing(one)}
                  aria-label={`${t('common.edit')} ${one.workspace} ${one.principal.name}`}
                >
                  {t('common.edit')}
                </ActionButton>
                <ConfirmButton
                  title={t('assignments.removeTitle', { workspace: one.workspace, principal: one.principal.name })}
                  verb={t('common.remove')}
                  act={() => remove.mutateAsync(one.id)}
                  button={{
                    size: 'xs',
                    needs: 'assignment:write',
                    on: scopeOf(one),
                    'aria-label': `${t('common.remove')} ${one.workspace} ${one.principal.name}`,
                  }}
                >
                  {t('assignments.removeText')}
                </ConfirmButton>
              </Group>
            ),
          },
        ]}
      />
      <AssignmentModal opened={creating !== ''} onClose={() => setCreating(null)} workspace={workspace} />
      <AssignmentModal opened={editing !== null} onClose={() => setEditing(null)} existing={editing ?? undefined} />
    </div>
  );
}
