import { rolePermissions } from '@atelier/api';
import { Anchor, Group } from '@mantine/core';
import { Link } from 'wouter';
import { api } from '../../api/client.ts';
import { usePages } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/empty.tsx';
import { Icon } from '../../components/icon.tsx';
import { useAct } from '../../components/use-act.ts';
import { useParam } from '../../components/use-param.ts';
import { useT } from '../../i18n/use-t.ts';
import { RoleModal } from './role-modal.tsx';
import { RoleTable } from './role-table.tsx';

/** Who has which role where, and what each role may do. */
export function RolesTab() {
  const t = useT();
  const [creating, setCreating] = useParam('new');
  const pages = usePages('people', 'listRoleBindings', {});
  const remove = useAct((id: string) => api.people.deleteRoleBinding({ params: { id } }), {
    touches: ['people', 'sessions'],
    quiet: true,
  });
  return (
    <>
      <Group justify="flex-end" mb="md">
        <ActionButton
          needs="people:write"
          leftSection={<Icon name="plus" size={16} />}
          onClick={() => setCreating('1')}
        >
          {t('people.giveRole')}
        </ActionButton>
      </Group>
      <DataTable
        pages={pages}
        rowKey={(one) => one.id}
        caption={t('people.roles')}
        empty={<Empty icon="shield" title={t('people.noRoles')} />}
        columns={[
          {
            title: t('people.who'),
            cell: (one) => (
              <span style={{ display: 'inline-flex', gap: 8, alignItems: 'center' }}>
                <Icon name={one.principal.kind} size={16} />
                <Anchor component={Link} href={`/people/${one.principal.kind}s/${one.principal.id}`} fw={560}>
                  {one.principal.name}
                </Anchor>
              </span>
            ),
          },
          { title: t('people.role'), cell: (one) => t(`role.${one.role}`) },
          {
            title: t('people.scope'),
            cell: (one) => (one.scope.kind === 'all' ? t('people.everywhere') : `${one.scope.kind} ${one.scope.id}`),
          },
          { title: t('people.permissions'), align: 'right', cell: (one) => rolePermissions[one.role].length },
          {
            title: '',
            align: 'right',
            cell: (one) => (
              <ConfirmButton
                title={t('people.takeRoleTitle', { role: t(`role.${one.role}`), name: one.principal.name })}
                verb={t('people.takeRole')}
                act={() => remove.mutateAsync(one.id)}
                button={{
                  size: 'xs',
                  needs: 'people:write',
                  'aria-label': `${t('people.takeRole')}: ${t(`role.${one.role}`)}, ${one.principal.name}`,
                }}
              >
                {t('people.takeRoleText')}
              </ConfirmButton>
            ),
          },
        ]}
      />
      <RoleTable />
      <RoleModal opened={creating !== ''} onClose={() => setCreating(null)} />
    </>
  );
}
