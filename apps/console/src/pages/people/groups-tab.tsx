import { contract } from '@atelier/api';
import { Anchor, Group, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import { api } from '../../api/client.ts';
import { usePages } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/empty.tsx';
import { FormModal } from '../../components/form-modal.tsx';
import { Icon } from '../../components/icon.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { useFields } from '../../components/use-fields.ts';
import { useParam } from '../../components/use-param.ts';
import { useT } from '../../i18n/use-t.ts';

/** Groups of the local directory. */
export function GroupsTab() {
  const t = useT();
  const [, go] = useLocation();
  const queries = useQueryClient();
  const [search] = useParam('search');
  const [creating, setCreating] = useParam('new');
  const pages = usePages('people', 'listGroups', { query: { search: search || undefined } });
  const form = useFields({ name: '', description: '' }, contract.people.createGroup.body);
  const submit = async () => {
    if (!form.check()) return false;
    const made = await api.people.createGroup({ body: form.values });
    await queries.invalidateQueries({ queryKey: ['people'] });
    form.setValues({ name: '', description: '' });
    go(`/people/groups/${made.id}`);
    return true;
  };
  return (
    <>
      <Group justify="space-between" mb="md">
        <SearchField label={t('people.searchGroups')} />
        <ActionButton
          needs="people:write"
          leftSection={<Icon name="plus" size={16} />}
          onClick={() => setCreating('1')}
        >
          {t('people.newGroup')}
        </ActionButton>
      </Group>
      <DataTable
        pages={pages}
        rowKey={(group) => group.id}
        caption={t('people.groups')}
        onRow={(group) => go(`/people/groups/${group.id}`)}
        empty={
          <Empty icon="group" title={t('people.noGroupsYet')}>
            {t('people.noGroupsText')}
          </Empty>
        }
        columns={[
          {
            title: t('people.group'),
            cell: (group) => (
              <span>
                <Anchor component={Link} href={`/people/groups/${group.id}`} fw={560}>
                  {group.name}
                </Anchor>{' '}
                {group.builtIn && <span className="tag">{t('people.builtIn')}</span>}
              </span>
            ),
          },
          { title: t('common.description'), cell: (group) => group.description || '—' },
          { title: t('people.members'), align: 'right', cell: (group) => group.memberCount },
        ]}
      />
      <FormModal
        opened={creating !== ''}
        onClose={() => setCreating(null)}
        title={t('people.newGroup')}
        verb={t('common.create')}
        submit={submit}
        onFieldErrors={form.setErrors}
      >
        <TextInput label={t('common.name')} data-autofocus {...form.text('name')} />
        <TextInput label={t('common.description')} {...form.text('description')} />
      </FormModal>
    </>
  );
}
