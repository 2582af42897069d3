import { Anchor, Group } from '@mantine/core';
import { Link, useLocation } from 'wouter';
import { usePages } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/empty.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { useParam } from '../../components/use-param.ts';
import { useT } from '../../i18n/use-t.ts';
import { WorkspaceState } from './workspace-state.tsx';

/** All workspaces. */
export function WorkspacesPage() {
  const t = useT();
  const [, go] = useLocation();
  const [search] = useParam('search');
  const pages = usePages('workspaces', 'list', { query: { search: search || undefined } });
  const add = (
    <ActionButton
      needs="workspace:write"
      leftSection={<Icon name="plus" size={16} />}
      onClick={() => go('/new-workspace')}
    >
      {t('workspaces.new')}
    </ActionButton>
  );
  return (
    <Page
      title={t('nav.workspaces')}
      about={t('workspaces.about')}
      actions={add}
      equivalent={{
        cli: ['atelier workspace ls', 'atelier workspace create NAME --image IMAGE --channel stable'],
        api: 'GET /workspaces',
      }}
    >
      <Group>
        <SearchField label={t('workspaces.search')} />
      </Group>
      <DataTable
        pages={pages}
        rowKey={(one) => one.id}
        caption={t('nav.workspaces')}
        onRow={(one) => go(`/workspaces/${one.name}`)}
        empty={
          search ? (
            <Empty icon="search" title={t('common.noMatch')}>
              {t('common.noMatchText')}
            </Empty>
          ) : (
            <Empty icon="workspace" title={t('workspaces.empty')} action={add}>
              {t('workspaces.emptyText')}
            </Empty>
          )
        }
        columns={[
          {
            title: t('workspaces.workspace'),
            cell: (one) => (
              <Anchor component={Link} href={`/workspaces/${one.name}`} fw={560}>
                {one.name}
              </Anchor>
            ),
          },
          { title: t('common.state'), cell: (one) => <WorkspaceState workspace={one} /> },
          {
            title: t('workspaces.image'),
            cell: (one) => (
              <span>
                <Anchor component={Link} href={`/images/${one.image}`}>
                  {one.image}
                </Anchor>{' '}
                <span className="tag">{one.channel ?? `v${one.pinnedVersion}`}</span>
              </span>
            ),
          },
          { title: t('workspaces.type'), cell: (one) => t(`workspaceType.${one.type}`) },
          { title: t('nav.assignments'), align: 'right', cell: (one) => one.assignmentCount },
          { title: t('workspaces.instances'), align: 'right', cell: (one) => one.instanceCount },
        ]}
      />
    </Page>
  );
}
