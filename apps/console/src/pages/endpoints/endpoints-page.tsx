import { Anchor, Group } from '@mantine/core';
import { Link, useLocation } from 'wouter';
import { usePages } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/empty.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { Time } from '../../components/time.tsx';
import { useParam } from '../../components/use-param.ts';
import { useT } from '../../i18n/use-t.ts';
import { AddEndpointModal } from './add-endpoint-modal.tsx';
import { EndpointStateBadge } from './endpoint-state-badge.tsx';

/** Computers that run the client. */
export function EndpointsPage() {
  const t = useT();
  const [, go] = useLocation();
  const [search] = useParam('search');
  const [adding, setAdding] = useParam('add');
  const pages = usePages('endpoints', 'list', { query: { search: search || undefined } });
  const add = (
    <ActionButton needs="endpoint:write" leftSection={<Icon name="plus" size={16} />} onClick={() => setAdding('1')}>
      {t('endpoints.add')}
    </ActionButton>
  );
  return (
    <Page
      title={t('nav.endpoints')}
      about={t('endpoints.about')}
      actions={add}
      equivalent={{ cli: ['atelier endpoint ls', 'atelier endpoint token'], api: 'GET /endpoints' }}
    >
      <Group>
        <SearchField label={t('endpoints.search')} />
      </Group>
      <DataTable
        pages={pages}
        rowKey={(one) => one.id}
        caption={t('nav.endpoints')}
        onRow={(one) => go(`/endpoints/${one.id}`)}
        empty={
          search ? (
            <Empty icon="search" title={t('common.noMatch')}>
              {t('common.noMatchText')}
            </Empty>
          ) : (
            <Empty icon="endpoint" title={t('endpoints.empty')} action={add}>
              {t('endpoints.emptyText')}
            </Empty>
          )
        }
        columns={[
          {
            title: t('endpoints.endpoint'),
            cell: (one) => (
              <Anchor component={Link} href={`/endpoints/${one.id}`} fw={560}>
                {one.name}
              </Anchor>
            ),
          },
          { title: t('common.state'), cell: (one) => <EndpointStateBadge state={one.state} /> },
          { title: t('endpoints.os'), cell: (one) => one.os },
          { title: t('endpoints.accelerator'), cell: (one) => t(`accelerator.${one.accelerator}`) },
          { title: t('workspaces.instances'), align: 'right', cell: (one) => one.instanceCount },
          { title: t('endpoints.lastContact'), cell: (one) => <Time at={one.lastContactAt} ago /> },
        ]}
      />
      <AddEndpointModal opened={adding !== ''} onClose={() => setAdding(null)} />
    </Page>
  );
}
