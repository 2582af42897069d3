import { Anchor, Group, Text } from '@mantine/core';
import { Link, useLocation } from 'wouter';
import { usePages } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/empty.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { useParam } from '../../components/use-param.ts';
import { useT } from '../../i18n/use-t.ts';
import { CollectionSteps } from './collection-steps.tsx';
import { NewCollectionModal } from './new-collection-modal.tsx';

/** Collections, with how full they are. */
export function CollectionsPage() {
  const t = useT();
  const [, go] = useLocation();
  const [search] = useParam('search');
  const [creating, setCreating] = useParam('new');
  const pages = usePages('collections', 'list', { query: { search: search || undefined } });
  const button = (
    <ActionButton
      needs="collection:write"
      leftSection={<Icon name="plus" size={16} />}
      onClick={() => setCreating('1')}
    >
      {t('collections.new')}
    </ActionButton>
  );
  const none = !pages.isPending && pages.error === null && pages.rows.length === 0 && search === '';
  return (
    <Page
      title={t('nav.collections')}
      about={t('collections.about')}
      actions={none ? undefined : button}
      equivalent={{
        cli: ['atelier collection ls', 'atelier collection create NAME --kind session-hosts'],
        api: 'GET /collections',
      }}
    >
      {none ? (
        <CollectionSteps make={button} />
      ) : (
        <>
          <Group>
            <SearchField label={t('collections.search')} />
          </Group>
          <DataTable
            pages={pages}
            rowKey={(one) => one.id}
            caption={t('nav.collections')}
            onRow={(one) => go(`/collections/${one.id}`)}
            empty={
              <Empty icon="search" title={t('common.noMatch')}>
                {t('common.noMatchText')}
              </Empty>
            }
            columns={[
              {
                title: t('palette.collection'),
                cell: (one) => (
                  <div>
                    <Anchor component={Link} href={`/collections/${one.id}`} fw={560}>
                      {one.name}
                    </Anchor>
                    <Text size="sm" c="dimmed">
                      {one.description || t(`collectionKind.${one.kind}`)}
                    </Text>
                  </div>
                ),
              },
              { title: t('collections.targets'), align: 'right', cell: (one) => one.counts.targets },
              { title: t('collections.free'), align: 'right', cell: (one) => one.counts.available },
              { title: t('collections.sessions'), align: 'right', cell: (one) => one.counts.sessions },
              { title: t('collections.pending'), align: 'right', cell: (one) => one.counts.pending },
              {
                title: t('common.state'),
                cell: (one) => (
                  <StateBadge tone={one.enabled ? 'good' : 'idle'}>
                    {t(one.enabled ? 'common.enabled' : 'common.disabled')}
                  </StateBadge>
                ),
              },
            ]}
          />
        </>
      )}
      <NewCollectionModal opened={creating !== ''} onClose={() => setCreating(null)} />
    </Page>
  );
}
